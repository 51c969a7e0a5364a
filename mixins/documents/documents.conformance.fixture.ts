import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Listing } from "./query.ts";
import { entry, thing } from "./things.fixture.ts";
import type { Subject, Thing } from "./things.fixture.ts";

const refusal = (path: string) =>
	expect.objectContaining({ type: "VALIDATION_FAILED", data: { errors: [expect.objectContaining({ path })] } });

/** The rules of writing and reading that every store of documents keeps. */
export function keepsDocuments(open: () => Promise<Subject>): void {
	let subject: Subject;
	beforeAll(async () => void (subject = await open()));
	afterAll(() => subject.close());
	const documents = () => subject.documents;

	describe("a document", () => {
		it("is given back as it was put, of whatever JSON it is made", async () => {
			const more = { deep: [{ a: 1 }, [], {}, null], big: 2 ** 53 - 1, small: -0.001, is: false, text: "Ω – 🧺 \"'\\" };
			const document = thing("Everything", 10.5, { more, shelf: null });

			expect(await documents().put("everything", 3, document)).toBe(true);
			expect(await documents().get("everything")).toEqual({ id: "everything", version: 3, document });
			expect(await documents().get("nothing")).toBeUndefined();
		});

		it.each(["507f1f77bcf86cd799439011", "twelve chars", "0", "Ω.$x"])("may have the id %s", async (id) => {
			await documents().put(id, 1, thing(id));

			expect((await documents().get(id))?.id).toBe(id);
			expect(await documents().put(id, 1, thing("again"))).toBe(false);
		});

		it("is stored once, by its newest version, in whatever order the writes come and however often", async () => {
			expect(await documents().put("a", 2, thing("second"))).toBe(true);
			expect(await documents().put("a", 1, thing("first"))).toBe(false);
			expect(await documents().put("a", 2, thing("second again"))).toBe(false);
			expect(await documents().put("a", 3, thing("third"))).toBe(true);
			expect(await documents().get("a")).toEqual({ id: "a", version: 3, document: thing("third") });
		});

		it("is the newest of many that are written at the same time", async () => {
			const versions = [7, 3, 12, 1, 9, 5, 11, 2, 8, 4, 10, 6];
			await Promise.all(versions.map((version) => documents().put("race", version, thing("race", version))));

			expect(await documents().get("race")).toEqual({ id: "race", version: 12, document: thing("race", 12) });
		});

		it("does not come back by an older write that comes late", async () => {
			await documents().put("gone", 1, thing("gone"));

			expect(await documents().remove("gone", 3)).toBe(true);
			expect(await documents().put("gone", 2, thing("late"))).toBe(false);
			expect(await documents().remove("gone", 3)).toBe(false);
			expect(await documents().get("gone")).toBeUndefined();
			expect(await documents().put("gone", 4, thing("back"))).toBe(true);
			expect(await documents().get("gone")).toMatchObject({ version: 4, document: { name: "back" } });
		});

		it("may be removed before it was ever put", async () => {
			expect(await documents().remove("early", 2)).toBe(true);
			expect(await documents().put("early", 1, thing("early"))).toBe(false);
		});

		it("is one of many written at once, each by its own version", async () => {
			await documents().put("many-2", 5, thing("newer"));
			const entries = [entry("many-1"), entry("many-2", 4), entry("many-3", 1, null), entry("many-4")];

			expect(await documents().putAll(entries)).toBe(3);
			expect(await documents().putAll(entries)).toBe(0);
			expect(await documents().putAll([])).toBe(0);
			expect((await documents().get("many-2"))?.document.name).toBe("newer");
		});

		it.each<[string, unknown]>([
			["an operator for a key", { $set: 1 }],
			["a key with a dot", { "a.b": 1 }],
			["a date", new Date(0)],
			["a number that is none", Number.NaN],
			["a function", () => 1],
			["the NUL character", "\0"],
			["half a character", "\ud800"],
		])("is refused with %s in it", async (_, more) => {
			await expect(documents().put("odd", 1, thing("odd", 1, { more: { deep: [more] } }))).rejects.toThrow(TypeError);
		});

		it.each([{ name: "no price" }, { price: 1 }, { name: 1, price: 1 }])(
			"is refused without what it is sorted by: %j",
			async (document) => {
				await expect(documents().put("odd", 1, document as unknown as Thing)).rejects.toThrow(TypeError);
			},
		);

		it.each([0, -1, 1.5, Number.NaN])("is refused with the version %d", async (version) => {
			await expect(documents().put("odd", version, thing("odd"))).rejects.toThrow(TypeError);
		});
	});
}

const SHELVES: readonly [id: string, document: Thing][] = [
	["1", thing("Bowl", 5, { shelf: "top", isFragile: true, tags: ["kitchen", "clay"] })],
	["2", thing("anvil", 80, { shelf: "floor", isFragile: false, tags: ["forge"] })],
	["3", thing("Cup", 5, { shelf: "top", isFragile: true, tags: ["kitchen"] })],
	["4", thing("Ωmega", 0.5, { shelf: null })],
	["5", thing("Dish", 10.25, { isFragile: true, tags: [] })],
	["6", thing("Bowl", 7)],
];

/** The rules of lists. */
export function listsDocuments(open: () => Promise<Subject>): void {
	let subject: Subject;
	beforeAll(async () => {
		subject = await open();
		for (const [id, document] of SHELVES) await subject.documents.put(id, 1, document);
		await subject.documents.put("7", 1, thing("Bowl", 5, { shelf: "top", tags: ["kitchen"] }));
		await subject.documents.remove("7", 2);
	});
	afterAll(() => subject.close());

	const list = (listing: Omit<Listing, "limit">, limit = 100) => subject.documents.list({ limit, ...listing });
	const idsOf = async (listing: Omit<Listing, "limit">) => (await list(listing)).rows.map(({ id }) => id).join("");
	const withCursor = (place: readonly unknown[]) =>
		list({ sort: "price", cursor: Buffer.from(JSON.stringify(place)).toString("base64url") });

	describe("a list", () => {
		it.each([
			[undefined, "123456"],
			["-id", "654321"],
			["price", "413652"],
			["-price", "256314"],
			["name", "163524"],
			["-name", "425361"],
		])("is sorted by %s, then by id", async (sort, ids) => {
			expect(await idsOf(sort === undefined ? {} : { sort })).toBe(ids);
		});

		it.each(["id", "-id", "price", "-price", "name", "-name"])(
			"sorted by %s is read to its end page by page, each document once",
			async (sort) => {
				const whole = await idsOf({ sort });
				for (const limit of [1, 2, 5, 6]) {
					const pages: string[] = [];
					for (let cursor: string | null | undefined; cursor !== null;) {
						const page = await list({ sort, cursor: cursor ?? undefined }, limit);
						pages.push(...page.rows.map(({ id }) => id));
						cursor = page.nextCursor;
					}
					expect([limit, pages.join("")]).toEqual([limit, whole]);
				}
			},
		);

		it.each<[NonNullable<Listing["where"]>, string]>([
			[{ name: "Bowl" }, "16"],
			[{ name: "bowl" }, ""],
			[{ price: 5 }, "13"],
			[{ price: { min: 5 } }, "12356"],
			[{ price: { max: 5 } }, "134"],
			[{ price: { min: 5, max: 10.25 } }, "1356"],
			[{ price: {} }, "123456"],
			[{ name: { min: "C", max: "D" } }, "3"],
			[{ isFragile: true }, "135"],
			[{ isFragile: false }, "2"],
			[{ isFragile: null }, "46"],
			[{ shelf: null }, "456"],
			[{ shelf: undefined }, "123456"],
			[{ tags: "kitchen" }, "13"],
			[{ tags: "clay", price: 5 }, "1"],
			[{ shelf: "top", isFragile: true, price: { min: 6 } }, ""],
		])("holds what matches %j, and so many are counted", async (where, ids) => {
			expect(await idsOf({ where })).toBe(ids);
			expect(await subject.documents.count(where)).toBe(ids.length);
		});

		it("counts what is there and not what was removed", async () => {
			expect(await subject.documents.count()).toBe(SHELVES.length);
		});

		it.each<[string, unknown]>([
			["more", 1],
			["$where", "true"],
			["document.price", 1],
			["_id", "1"],
			["constructor", "x"],
			["price", { $gt: 0 }],
			["price", { min: 1, $gt: 0 }],
			["price", { min: { $gt: 0 } }],
			["price", { min: null }],
			["price", "5"],
			["price", [5]],
			["name", { $ne: null }],
			["name", { min: 1 }],
			["isFragile", { min: true }],
			["isFragile", "true"],
			["tags", null],
			["tags", { min: "a" }],
		])("refuses to be asked for %s %j", async (field, wanted) => {
			const where = { [field]: wanted } as NonNullable<Listing["where"]>;

			await expect(list({ where })).rejects.toEqual(refusal(field));
			await expect(subject.documents.count(where)).rejects.toEqual(refusal(field));
		});

		it.each(["shelf", "more", "$natural", "--price", "", "document.price"])(
			"refuses to be sorted by %s",
			async (sort) => {
				await expect(list({ sort })).rejects.toEqual(refusal("sort"));
			},
		);

		it.each([0, 101, 1.5, Number.NaN])("refuses a limit of %d", async (limit) => {
			await expect(list({}, limit)).rejects.toEqual(refusal("limit"));
		});

		it("refuses the cursor of another list, and what is no cursor", async () => {
			const cursor = (await list({ sort: "price" }, 1)).nextCursor ?? "";
			const [hash] = JSON.parse(Buffer.from(cursor, "base64url").toString()) as [string];

			await expect(list({ sort: "-price", cursor })).rejects.toEqual(refusal("cursor"));
			await expect(list({ sort: "price", where: { price: 5 }, cursor })).rejects.toEqual(refusal("cursor"));
			await expect(list({ cursor: "x" })).rejects.toEqual(refusal("cursor"));
			for (const place of [[hash, { $gt: "" }, 1], [hash, "1", { $gt: 0 }], [hash, "1", "1"], [hash], {}])
				await expect(withCursor(place as unknown[])).rejects.toEqual(refusal("cursor"));
		});
	});
}

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type { SentTo } from "../contracts/action.ts";
import * as contract from "../contracts/categories.ts";
import { DeleteProduct } from "../contracts/products.ts";
import type { Meta } from "../contracts/meta.ts";
import { ADMIN, startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";

const refusal = (type: string) => expect.objectContaining({ type });

let shop: RunningProducts;
beforeAll(async () => void (shop = await startProducts()));
afterAll(() => shop.stop());

const create = (name: string, parentId: string | null = null) => shop.ask(contract.CreateCategory, { name, parentId });
const update = (id: string, given: object) => shop.ask(contract.UpdateCategory, { id, ...given });
const remove = (id: string) => shop.ask(contract.DeleteCategory, { id });
const ask = (given: SentTo<typeof contract.ListCategories>) => shop.ask(contract.ListCategories, given);
const list = async () => (await ask({ pageSize: 100 })).rows;

describe("categories", () => {
	it("are listed by name, as written a moment ago", async () => {
		const pots = await create("Pots");
		const pans = await create("Pans", pots.id);
		expect(await list()).toEqual([pans, pots]);
		expect(pans).toEqual({ id: pans.id, name: "Pans", description: null, parentId: pots.id });

		const revised = await update(pans.id, { name: "Woks", description: "Round", parentId: null });
		expect(await list()).toEqual([pots, revised]);
		expect(await remove(pans.id)).toBeNull();
		expect(await list()).toEqual([pots]);
	});

	it("have names of their own, in any spelling of their letters", async () => {
		await create("Knives");
		const forks = await create("Forks");

		await expect(create("KNIVES")).rejects.toEqual(refusal("CATEGORY_TAKEN"));
		await expect(update(forks.id, { name: "knives" })).rejects.toEqual(refusal("CATEGORY_TAKEN"));
		expect(await update(forks.id, { name: "FORKS" })).toMatchObject({ name: "FORKS" });
	});

	it("lie under categories that exist", async () => {
		const { id } = await create("Cups");

		await expect(create("Mugs", randomUUID())).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
		await expect(update(id, { parentId: randomUUID() })).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
		await expect(update(randomUUID(), { name: "x" })).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
		await expect(remove(randomUUID())).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
	});

	it("never lie under themselves, even when two moves come together", async () => {
		const one = await create("One");
		const two = await create("Two");

		const moves = await Promise.allSettled([
			update(one.id, { parentId: two.id }),
			update(two.id, { parentId: one.id }),
		]);
		expect(moves.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
		expect(moves.find(({ status }) => status === "rejected")).toMatchObject({ reason: { type: "CATEGORY_CYCLE" } });
	});

	it("are found by their id, each at its version", async () => {
		const meta: Meta = {};
		const bowls = await create("Bowls");
		await update(bowls.id, { description: "Deep" });

		expect(await shop.ask(contract.GetCategory, { id: bowls.id }, meta)).toEqual({ ...bowls, description: "Deep" });
		expect(meta.$version).toBe(2);
		await expect(shop.ask(contract.GetCategory, { id: randomUUID() })).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
	});

	it("are not changed or removed by somebody who has seen another version", async () => {
		const { id } = await create("Plates");
		const meta = (expectedVersion: number) => ({ principal: ADMIN, expectedVersion });
		const rename = (name: string, version: number) => shop.ask(contract.UpdateCategory, { id, name }, meta(version));
		const [seen, same] = [meta(1) as Meta, meta(2) as Meta];

		await shop.ask(contract.UpdateCategory, { id, name: "Dishes" }, seen);
		await shop.ask(contract.UpdateCategory, { id, name: "Dishes" }, same);
		expect([seen.$version, same.$version]).toEqual([2, 2]);
		await expect(rename("Saucers", 1)).rejects.toEqual(refusal("PRECONDITION_FAILED"));
		await expect(shop.ask(contract.DeleteCategory, { id }, meta(1))).rejects.toEqual(refusal("PRECONDITION_FAILED"));
		expect(await shop.ask(contract.DeleteCategory, { id }, meta(2))).toBeNull();
	});

	it("make a tree, in which what lies below a category moves along with it", async () => {
		const ids = (nodes: readonly contract.CategoryNode[], name: string): unknown =>
			nodes.filter((node) => node.name === name).map(({ children = [] }) => children.map((child) => child.name));
		const treeOf = async (name: string) => ids((await ask({ tree: "true", pageSize: 100 })).rows, name);
		const [oak, elm] = [await create("Oak"), await create("Elm")];
		const branch = await create("Branch", oak.id);
		await create("Leaf", branch.id);
		expect([await treeOf("Oak"), await treeOf("Elm")]).toEqual([[["Branch"]], [[]]]);

		await update(branch.id, { parentId: elm.id });
		expect([await treeOf("Oak"), await treeOf("Elm")]).toEqual([[[]], [["Branch"]]]);
	});

	it("lie no deeper than ten levels, even when two moves come together", async () => {
		const chain = async (name: string, length: number) => {
			const made: contract.Category[] = [];
			for (let level = 1; level <= length; level += 1)
				made.push(await create(`${name} ${level}`, made.at(-1)?.id ?? null));
			return made;
		};
		const [upper, lower] = [await chain("Upper", 10), await chain("Lower", 2)];
		await expect(create("Upper 11", upper[9]!.id)).rejects.toEqual(refusal("CATEGORY_TOO_DEEP"));
		await expect(update(lower[0]!.id, { parentId: upper[8]!.id })).rejects.toEqual(refusal("CATEGORY_TOO_DEEP"));

		const add = () => create("Lower 3", lower[1]!.id);
		const moves = [add(), update(lower[0]!.id, { parentId: upper[7]!.id })];
		const ends = await Promise.allSettled(moves);
		expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
	});

	it("stay while anything belongs to them", async () => {
		const parent = await create("Parent");
		const child = await create("Child", parent.id);
		const { id } = await shop.product({ categoryId: child.id });

		await expect(remove(parent.id)).rejects.toEqual(refusal("CATEGORY_IN_USE"));
		await expect(remove(child.id)).rejects.toEqual(refusal("CATEGORY_IN_USE"));

		await shop.ask(DeleteProduct, { id });
		expect(await remove(child.id)).toBeNull();
		expect(await remove(parent.id)).toBeNull();
	});
});

describe("the list of categories", () => {
	type Given = SentTo<typeof contract.ListCategories>;
	const cursorOf = async (given: Given) => ((await ask({ limit: 1, ...given })) as { nextCursor: string }).nextCursor;
	const names = async (given: Given) => (await ask(given)).rows.map(({ name }) => name);

	/** Every name of a list, read by cursors. */
	async function byCursors(given: Given): Promise<string[]> {
		const found: string[] = [];
		for (let cursor: string | undefined; ;) {
			const { rows, nextCursor } = (await ask({ ...given, limit: 2, cursor })) as Slice;
			found.push(...rows.map(({ name }) => name));
			if (nextCursor === null) return found;
			cursor = nextCursor;
		}
	}
	interface Slice {
		readonly rows: readonly contract.CategoryNode[];
		readonly nextCursor: string | null;
	}

	beforeAll(async () => {
		const garden = await create("Garden");
		for (const name of ["Äxte & Beile", "Rakes, 1.5 m", "O'Hara's \"best\" \\ %_"]) await create(name, garden.id);
	});

	it.each([{}, { tree: "true" }] as const)("is the same by page and by cursor: %j", async (given) => {
		const all = await names({ ...given, pageSize: 100 });
		const pages = Array.from({ length: Math.ceil(all.length / 3) }, (_, at) => ({ page: at + 1, pageSize: 3 }));

		expect((await Promise.all(pages.map((page) => names({ ...given, ...page })))).flat()).toEqual(all);
		expect(await byCursors(given)).toEqual(all);
		expect(await ask({ ...given, pageSize: 3 })).toMatchObject({
			...{ total: all.length, page: 1, pageSize: 3, totalPages: pages.length },
		});
	});

	it("goes on where it ended, though that category has gone", async () => {
		const { rows } = await ask({ pageSize: 100 });
		const gone = await create(`${rows[0]!.name} and more`);
		const at = (await ask({ pageSize: 100 })).rows.findIndex(({ id }) => id === gone.id);
		const cursor = await cursorOf({ limit: at + 1 });
		await remove(gone.id);

		expect(await names({ limit: 1, cursor })).toEqual([rows[at]!.name]);
	});

	it("of a tree has roots for rows, with all that lies below them", async () => {
		const cursor = await cursorOf({ tree: "true", limit: (await names({ tree: "true" })).indexOf("Garden") });
		const { rows } = await ask({ tree: "true", limit: 1, cursor });

		expect(rows).toMatchObject([{ name: "Garden", parentId: null }]);
		expect(rows[0]!.children).toHaveLength(3);
	});

	it("refuses a made-up cursor, one of the other form, and a page with a cursor", async () => {
		const cursor = await cursorOf({});
		const [id, hash] = Buffer.from(cursor, "base64url").toString().split(".");
		const forged = Buffer.from(`${id}.${hash}.\0`).toString("base64url");

		for (const given of [{ cursor: "made-up" }, { cursor: forged }, { tree: "true", cursor }, { page: 1, cursor }])
			await expect(ask(given as Given)).rejects.toMatchObject({
				type: "VALIDATION_FAILED",
				data: { errors: [{ path: "cursor" }] },
			});
	});
});

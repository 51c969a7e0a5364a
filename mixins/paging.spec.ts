import { describe, expect, it } from "@jest/globals";
import { MAX_PAGED_ROWS } from "../services/contracts/paging.ts";
import type { PagingParams } from "../services/contracts/paging.ts";
import { COUNT_LIMIT, listed } from "./paging.ts";
import type { Slice } from "./paging.ts";

const idOf = (index: number) => `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`;

/** Newest first, as a statement ordered by `id desc` gives them. */
const table = (size: number) => Array.from({ length: size }, (_, index) => ({ id: idOf(size - index) }));

const finding =
	(rows: { id: string }[], asked: Slice[] = []) =>
	async (slice: Slice) => {
		asked.push(slice);
		const after = rows.filter(({ id }) => slice.afterId === null || id < slice.afterId);
		return { rows: after.slice(slice.offset, slice.offset + slice.limit), total: Math.min(rows.length, COUNT_LIMIT) };
	};

const list = (params: PagingParams, rows: { id: string }[], filter: object = {}) =>
	listed(params, filter, finding(rows));
const ids = ({ rows }: { rows: { id: string }[] }) => rows.map(({ id }) => id);

describe("a list by pages", () => {
	const rows = table(45);

	it("shows 20 rows and how many pages there are", async () => {
		const first = await list({}, rows);

		expect(ids(first)).toEqual(ids({ rows: rows.slice(0, 20) }));
		expect(first).toMatchObject({ total: 45, page: 1, pageSize: 20, totalPages: 3 });
		expect(first).not.toHaveProperty("totalIsEstimate");
	});

	it("goes on where the page before ended", async () => {
		expect(ids(await list({ page: 3, pageSize: 20 }, rows))).toEqual(ids({ rows: rows.slice(40) }));
	});

	it("has one row on the last page when one is left, and none after it", async () => {
		expect(await list({ page: 5, pageSize: 11 }, rows)).toMatchObject({ rows: [{ id: idOf(1) }], totalPages: 5 });
		expect(await list({ page: 6, pageSize: 11 }, rows)).toMatchObject({ rows: [], total: 45 });
	});

	it("is empty without pages when there is nothing", async () => {
		expect(await list({}, [])).toEqual({ rows: [], total: 0, page: 1, pageSize: 20, totalPages: 0 });
	});

	it.each([
		[MAX_PAGED_ROWS, {}],
		[MAX_PAGED_ROWS + 1, { totalIsEstimate: true }],
	])("counts no further than pages reach: of %s rows", async (size, estimate) => {
		const { rows: shown, ...page } = (await list({}, table(size))) as { rows: unknown[] };

		expect(shown).toHaveLength(20);
		expect(page).toEqual({ total: MAX_PAGED_ROWS, page: 1, pageSize: 20, totalPages: 500, ...estimate });
	});
});

describe("a list by cursor", () => {
	const rows = table(45);
	const filter = { status: "paid", since: undefined };
	const cursorOf = async (params: PagingParams, by: object = filter) => {
		const { nextCursor } = (await list(params, rows, by)) as { nextCursor: string | null };
		return nextCursor ?? "";
	};

	it("reaches every row once, and ends", async () => {
		const seen: string[] = [];
		let cursor: string | undefined;
		do {
			const slice = await list({ limit: 10, ...(cursor !== undefined && { cursor }) }, rows, filter);
			seen.push(...ids(slice));
			cursor = (slice as { nextCursor: string | null }).nextCursor ?? undefined;
		} while (cursor !== undefined);

		expect(seen).toEqual(ids({ rows }));
	});

	it("promises nothing more when the last row is on it", async () => {
		expect(await cursorOf({ limit: 45 })).toBe("");
		expect(await cursorOf({ limit: 44 })).not.toBe("");
	});

	it("asks for one row more than it shows, and never for a count or an offset", async () => {
		const asked: Slice[] = [];
		await listed({ limit: 10 }, filter, finding(rows, asked));

		expect(asked).toEqual([{ afterId: null, limit: 11, offset: 0, isCounted: false }]);
	});

	it("shows 20 rows unless told", async () => {
		expect(ids(await list({ cursor: await cursorOf({ limit: 1 }) }, rows, filter))).toHaveLength(20);
	});

	it("takes a filter that is not given for one that is not there", async () => {
		const cursor = await cursorOf({ limit: 5 });

		expect(ids(await list({ cursor }, rows, { status: "paid" }))[0]).toBe(idOf(40));
	});

	it("refuses the cursor of another filter", async () => {
		const cursor = await cursorOf({ limit: 5 });

		await expect(list({ cursor }, rows, { status: "failed" })).rejects.toMatchObject({
			type: "VALIDATION_FAILED",
			data: { errors: [{ path: "cursor" }] },
		});
	});

	it("refuses a cursor that was tampered with, though its filter is right", async () => {
		const [, hash = ""] = Buffer.from(await cursorOf({ limit: 5 }), "base64url")
			.toString()
			.split(".");
		const forged = Buffer.from(`' or true.${hash}`).toString("base64url");

		await expect(list({ cursor: forged }, rows, filter)).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});

	it.each([
		"garbage",
		"",
		"%00",
		Buffer.from("1 or 1=1.abc").toString("base64url"),
		Buffer.from(idOf(1)).toString("base64url"),
	])("refuses %j", async (cursor) => {
		await expect(list({ cursor }, rows, filter)).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});
});

describe("a list by cursor that is sorted by something else first", () => {
	const rows = table(9).map((row, index) => ({ ...row, price: String(Math.floor(index / 2)) }));
	const by = { of: ({ price }: { price: string }) => price, pattern: /^\d+$/ };
	const asked: Slice[] = [];
	const priced = (params: PagingParams) =>
		listed<(typeof rows)[number]>(
			params,
			{},
			async (slice) => {
				asked.push(slice);
				const from = rows.findIndex(({ id }) => id === slice.afterId) + 1;
				return { rows: rows.slice(from, from + slice.limit), total: 0 };
			},
			by,
		);

	it("goes on after what the last row was sorted by, and its id", async () => {
		const { nextCursor } = (await priced({ limit: 3 })) as { nextCursor: string };
		await priced({ cursor: nextCursor });

		expect(asked.at(-1)).toMatchObject({ afterId: rows[2]?.id, afterKey: "1" });
		expect(asked[0]).toMatchObject({ afterId: null });
	});

	it.each(["1; drop table", "", "-1"])("refuses a cursor that says it was sorted by %j", async (key) => {
		const { nextCursor } = (await priced({ limit: 3 })) as { nextCursor: string };
		const [id, hash] = Buffer.from(nextCursor, "base64url").toString().split(".");
		const forged = Buffer.from([id, hash, key].join(".")).toString("base64url");

		await expect(priced({ cursor: forged })).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});

	it("refuses the cursor of a list that is not", async () => {
		const { nextCursor } = (await list({ limit: 3 }, table(9))) as { nextCursor: string };

		await expect(priced({ cursor: nextCursor })).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});
});

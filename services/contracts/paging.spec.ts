import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { listOf, listParams } from "./paging.ts";

const Params = listParams({ status: z.enum(["new", "old"]).optional() });
const problemsOf = (given: object) =>
	(Params.safeParse(given).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("the parameters of a list", () => {
	it.each([
		{},
		{ status: "new" },
		{ page: 1, pageSize: 100 },
		{ page: 100, pageSize: 100 },
		{ page: 500 },
		{ cursor: "abc", limit: 100 },
		{ limit: 1 },
	])("are %j", (given) => {
		expect(Params.parse(given)).toEqual(given);
	});

	it("are numbers, though a query is text", () => {
		expect(Params.parse({ page: "2", pageSize: "50" })).toEqual({ page: 2, pageSize: 50 });
	});

	it.each([
		[{ page: 0 }, "page"],
		[{ page: "-1" }, "page"],
		[{ page: "two" }, "page"],
		[{ page: 1.5 }, "page"],
		[{ pageSize: 101 }, "pageSize"],
		[{ limit: 101 }, "limit"],
		[{ limit: "" }, "limit"],
		[{ cursor: "" }, "cursor"],
		[{ status: "lost" }, "status"],
		[{ colour: "red" }, ""],
	])("are not %j", (given, path) => {
		expect(problemsOf(given)).toEqual([expect.stringMatching(`^${path}:`)]);
	});

	it.each([
		{ page: 1, cursor: "abc" },
		{ pageSize: 10, limit: 10 },
		{ page: 1, limit: 10 },
	])("do not name a page and a cursor at once (%j)", (given) => {
		expect(problemsOf(given)).toEqual(["cursor: send page and pageSize, or cursor and limit"]);
	});

	it.each([{ page: 101, pageSize: 100 }, { page: 501 }, { page: 10_001, pageSize: 1 }])(
		"reach 10,000 rows deep by page; deeper ones are told of the cursor (%j)",
		(given) => {
			expect(problemsOf(given)).toEqual(["page: pages reach 10000 rows deep; read further with cursor and limit"]);
		},
	);
});

describe("what a list answers", () => {
	const Numbers = listOf(z.int());

	it.each([
		{ rows: [1], total: 1, page: 1, pageSize: 20, totalPages: 1 },
		{ rows: [1], total: 10_000, totalIsEstimate: true, page: 1, pageSize: 20, totalPages: 500 },
		{ rows: [1], nextCursor: "abc" },
		{ rows: [], nextCursor: null },
	])("is %j", (given) => {
		expect(Numbers.parse(given)).toEqual(given);
	});

	it("is nothing in between", () => {
		expect(Numbers.safeParse({ rows: [1] }).success).toBe(false);
	});
});

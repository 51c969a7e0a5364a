import { describe, expect, it } from "@jest/globals";
import { MAX_DEPTH, paramsOf, requireObject } from "./params.ts";
import type { Given, Place } from "./params.ts";

const nothing = { path: {}, query: {}, body: {} };

const fieldsRefused = (work: () => unknown): unknown => {
	try {
		work();
	} catch (error) {
		return (error as { data: { errors: { path: string }[] } }).data.errors.map(({ path }) => path);
	}
	return "nothing refused";
};

describe("the parameters of a request", () => {
	it("come from path and query when something is read", () => {
		expect(paramsOf("query", { ...nothing, path: { id: "1" }, query: { page: "2" } })).toEqual({ id: "1", page: "2" });
	});

	it("come from path and body when something is written", () => {
		expect(paramsOf("body", { ...nothing, path: { id: "1" }, body: { name: "x" } })).toEqual({ id: "1", name: "x" });
	});

	it("come from path, query or body when something is deleted", () => {
		const given = { path: { id: "1" }, query: { a: "1" }, body: { reason: "x" } };
		expect(paramsOf("either", given)).toEqual({ id: "1", a: "1", reason: "x" });
	});

	it.each<[string, Place, Given, string[]]>([
		["a query beside a body", "body", { ...nothing, query: { role: "admin" } }, ["role"]],
		["a query beside a body", "body", { ...nothing, query: { page: "1" } }, ["page"]],
		["a body field named like a path parameter", "body", { ...nothing, path: { id: "1" }, body: { id: "2" } }, ["id"]],
		[
			"a query field named like a path parameter",
			"query",
			{ ...nothing, path: { id: "1" }, query: { id: "2" } },
			["id"],
		],
		["a field in two places", "either", { ...nothing, query: { reason: "a" }, body: { reason: "b" } }, ["reason"]],
	])("refuse %s (%s)", (_rule, place, given, fields) => {
		expect(fieldsRefused(() => paramsOf(place, given))).toEqual(fields);
	});

	it("refuse what only the gateway may say", () => {
		const given = { ...nothing, query: { part: "x", page: "1" }, reserved: ["part"] };
		expect(fieldsRefused(() => paramsOf("query", given))).toEqual(["part"]);
	});

	it("refuse a query that reaches for a prototype", () => {
		const query = JSON.parse('{"__proto__": "x"}') as Record<string, unknown>;
		expect(fieldsRefused(() => paramsOf("query", { ...nothing, query }))).toEqual(["__proto__"]);
	});
});

describe("a body", () => {
	const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);

	it.each([
		["an array", []],
		["a string", "x"],
		["a number", 1],
		["null", null],
	])("is not %s", (_kind, body) => {
		expect(() => requireObject(body)).toThrow(expect.objectContaining({ type: "VALIDATION_FAILED", code: 422 }));
	});

	it("nests to the limit and no deeper", () => {
		expect(requireObject(nested(MAX_DEPTH))).toBeDefined();
		expect(fieldsRefused(() => requireObject(nested(MAX_DEPTH + 1)))).toEqual([""]);
	});
});

import { describe, expect, it } from "@jest/globals";
import { defineCollection } from "./collection.ts";

describe("a collection of documents", () => {
	it.each(["", "two words", "$where", "a.b", "x'; drop table documents; --", "_id"])(
		"cannot be called %j, nor can a field of it",
		(name) => {
			expect(() => defineCollection({ name, fields: {}, sorts: [] })).toThrow("letters only");
			expect(() => defineCollection({ name: "things", fields: { [name]: "text" }, sorts: [] })).toThrow("letters only");
		},
	);

	it.each(["isFragile", "tags", "unknown"])("cannot be sorted by %s", (sort) => {
		const fields = { isFragile: "boolean", tags: "tags" } as const;

		expect(() => defineCollection({ name: "things", fields, sorts: [sort] })).toThrow("only by text or number");
	});
});

import { describe, expect, it } from "@jest/globals";
import { ById, Id, Nothing, text, Timestamp } from "./text.ts";

const accepts = (schema: { safeParse(given: unknown): { success: boolean } }, given: unknown): boolean =>
	schema.safeParse(given).success;

describe("text", () => {
	it.each(["a", "ten chars.", "Zoë", "日本", "👍🏽", "line\nbreak", " "])("may be %j", (given) => {
		expect(text(10).parse(given)).toBe(given);
	});

	it.each([
		["empty", ""],
		["too long", "eleven char"],
		["NUL", "a\u0000b"],
		["half a character", "a\ud800b"],
		["the other half", "\udc00"],
		["a number", 1],
	])("is refused when it is %s: a database could not hold it as it is", (_, given) => {
		expect(accepts(text(10), given)).toBe(false);
	});

	it("has the least length it is told", () => {
		expect([accepts(text(10, 3), "ab"), accepts(text(10, 0), "")]).toEqual([false, true]);
	});
});

describe("ids and moments", () => {
	it("are UUIDs and ISO 8601 in UTC", () => {
		expect(accepts(Id, "018f0000-0000-7000-8000-000000000001")).toBe(true);
		expect(accepts(Id, "42")).toBe(false);
		expect(accepts(Timestamp, "2026-01-02T03:04:05.000Z")).toBe(true);
		expect(accepts(Timestamp, "2026-01-02 03:04:05")).toBe(false);
	});

	it("are the same id in capitals: it is compared as the database writes it, in small letters", () => {
		expect(Id.parse("018F0000-0000-7000-8000-00000000000A")).toBe("018f0000-0000-7000-8000-00000000000a");
	});

	it("come alone", () => {
		expect(accepts(ById, { id: "018f0000-0000-7000-8000-000000000001", role: "admin" })).toBe(false);
		expect(accepts(Nothing, { q: "anything" })).toBe(false);
	});
});

import { describe, expect, it } from "@jest/globals";
import { etagOf, expectedVersion, isUnchanged } from "./etag.ts";

const etag = etagOf(3, "abc");

describe("an ETag", () => {
	it("holds the version and the hash of the body", () => {
		expect(etag).toBe('"3.abc"');
	});

	it.each([
		[undefined, false],
		['"3.abc"', true],
		['W/"3.abc"', true],
		['"1.x", "3.abc"', true],
		["*", true],
		['"3.abd"', false],
		['"4.abc"', false],
		["3.abc", false],
		["", false],
	])("compares If-None-Match %s as unchanged: %s", (header, expected) => {
		expect(isUnchanged(header, etag)).toBe(expected);
	});
});

describe("If-Match", () => {
	it.each([
		[undefined, undefined],
		["*", undefined],
		['"3.abc"', 3],
		['"3.another-body"', 3],
		['"2.abc", "3.abc"', 3],
		['W/"9.abc", "3.abc"', 3],
		['"foreign", "3.abc"', 3],
	])("%s asks for version %s", (header, version) => {
		expect(expectedVersion(header)).toBe(version);
	});

	it.each([['W/"3.abc"'], ['"abc"'], ["3"], [""], ['"-1.abc"'], ['"3"'], ['"9999999999999999999.a"']])(
		"%s matches nothing, so it is refused",
		(header) => {
			expect(() => expectedVersion(header)).toThrow(
				expect.objectContaining({ type: "PRECONDITION_FAILED", code: 412 }),
			);
		},
	);
});

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canonical, requireKey, scopeText } from "./idempotency.ts";

describe("an Idempotency-Key", () => {
	it.each([["a"], ["8e03978e-40d5-43dd-bc93-6894a57f9324"], ["~".repeat(255)]])("may be %s", (key) => {
		expect(requireKey(key)).toBe(key);
	});

	it.each([[""], ["a b"], ["a\tb"], ["é"], ["a, a"], ["x".repeat(256)]])("may not be %j", (key) => {
		expect(() => requireKey(key)).toThrow(
			expect.objectContaining({
				type: "VALIDATION_FAILED",
				data: { errors: [{ path: "Idempotency-Key", message: expect.any(String) }] },
			}),
		);
	});

	it("belongs to one caller, method and route, wherever they end", () => {
		const scope = { caller: "a", method: "POST", route: "/orders", key: "k" };
		const others = [
			{ ...scope, caller: "b" },
			{ ...scope, method: "DELETE" },
			{ ...scope, route: "/orders/:id/cancel" },
			{ ...scope, key: "l" },
			{ ...scope, caller: 'a","POST', method: "" },
		];
		expect(new Set([scope, ...others].map(scopeText)).size).toBe(6);
	});
});

describe("canonical text", () => {
	it("is the same for every order of keys", () => {
		expect(canonical({ b: [{ d: 1, c: 2 }], a: null })).toBe(canonical({ a: null, b: [{ c: 2, d: 1 }] }));
		expect(canonical({ b: 1, a: 2 })).toBe('{"a":2,"b":1}');
	});

	it("differs when the order of a list differs", () => {
		expect(canonical({ a: [1, 2] })).not.toBe(canonical({ a: [2, 1] }));
	});

	it("keeps everything that JSON can say", () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const json = JSON.stringify(value);
				expect(JSON.parse(canonical(JSON.parse(json)))).toEqual(JSON.parse(json));
			}),
		);
	});
});

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { disarmed, rearmed } from "./formula.ts";

describe("CSV formula injection", () => {
	it.each([`=HYPERLINK("http://evil.example")`, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])(
		"is disarmed by a quotation mark before %j",
		(text) => {
			expect(disarmed(text)).toBe(`'${text}`);
		},
	);

	it.each(["Lamp", "O'Neill's", "'s-Hertogenbosch", "'quoted'", "5-2", ""])("leaves %j alone", (text) => {
		expect(disarmed(text)).toBe(text);
		expect(rearmed(text)).toBe(text);
	});

	it("is undone by an import, whatever the text", () => {
		const text = fc.string({ unit: fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "a", "1") });
		fc.assert(fc.property(text, (given) => rearmed(disarmed(given)) === given));
	});

	it("never leaves a cell that a spreadsheet would run", () => {
		const text = fc.string({ unit: fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "a") });
		fc.assert(fc.property(text, (given) => !/^[=+\-@\t\r]/.test(disarmed(given))));
	});
});

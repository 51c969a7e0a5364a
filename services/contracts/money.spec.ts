import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
	Amount,
	decimalFromMinor,
	decimalsOf,
	fitsCurrency,
	fromMinor,
	MAX_AMOUNT,
	minorFromDecimal,
	toMinor,
} from "./money.ts";

const currency = fc.constantFrom("EUR", "USD", "JPY", "KWD");
/** Up to a hundred times what one payment may be, in the smallest unit. */
const minor = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

describe("decimalsOf", () => {
	it.each([
		["EUR", 2],
		["JPY", 0],
		["KWD", 3],
	])("knows that %s has %d", (code, decimals) => {
		expect(decimalsOf(code)).toBe(decimals);
	});
});

describe("the number at the edge", () => {
	it.each([
		[1_050, "EUR", 10.5],
		[1_050, "JPY", 1_050],
		[1_050, "KWD", 1.05],
		[0, "EUR", 0],
	])("shows %d minor units of %s as %d", (units, code, amount) => {
		expect(fromMinor(units, code)).toBe(amount);
		expect(toMinor(amount, code)).toBe(units);
	});

	it("comes back as the same minor units, whatever the amount", () => {
		fc.assert(fc.property(minor, currency, (units, code) => toMinor(fromMinor(units, code), code) === units));
	});

	it("never prints more decimals than the currency has", () => {
		fc.assert(
			fc.property(minor, currency, (units, code) => {
				const [, fraction = ""] = JSON.stringify(fromMinor(units, code)).split(".");
				return fraction.length <= decimalsOf(code) && fitsCurrency(fromMinor(units, code), code);
			}),
		);
	});
});

describe("SQL's decimal", () => {
	it.each([
		[1_050, "EUR", "10.50"],
		[5, "EUR", "0.05"],
		[-5, "EUR", "-0.05"],
		[0, "EUR", "0.00"],
		[1_050, "JPY", "1050"],
		[1_050, "KWD", "1.050"],
	])("writes %d minor units of %s as %s", (units, code, decimal) => {
		expect(decimalFromMinor(units, code)).toBe(decimal);
	});

	it.each([
		["10.500", "EUR", 1_050],
		["10", "EUR", 1_000],
		["10.5", "EUR", 1_050],
		["1050.000", "JPY", 1_050],
		["-0.050", "EUR", -5],
	])("reads %s %s as %d minor units", (decimal, code, units) => {
		expect(minorFromDecimal(decimal, code)).toBe(units);
	});

	it("comes back exactly, also with the three decimals of its column", () => {
		fc.assert(
			fc.property(minor, currency, (units, code) => {
				const decimal = decimalFromMinor(units, code);
				const [whole = "", fraction = ""] = decimal.split(".");

				expect(minorFromDecimal(decimal, code) - units).toBe(0);
				expect(minorFromDecimal(`${whole}.${fraction.padEnd(3, "0")}`, code) - units).toBe(0);
			}),
		);
	});
});

describe("an amount", () => {
	it.each([
		[10.5, "EUR", true],
		[10.55, "EUR", true],
		[10.555, "EUR", false],
		[10.555, "KWD", true],
		[10, "JPY", true],
		[10.5, "JPY", false],
		[0.1 + 0.2, "EUR", false],
	])("of %d %s fits its currency: %s", (amount, code, fits) => {
		expect(fitsCurrency(amount, code)).toBe(fits);
	});

	it.each([-0.01, MAX_AMOUNT + 1, Number.NaN, Infinity, "10"])("is not %p", (given) => {
		expect(Amount.safeParse(given).success).toBe(false);
	});

	it("may be nothing, or the largest price", () => {
		expect([Amount.parse(0), Amount.parse(MAX_AMOUNT)]).toEqual([0, MAX_AMOUNT]);
	});
});

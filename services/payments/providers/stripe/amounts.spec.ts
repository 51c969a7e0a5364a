import { expect, it } from "@jest/globals";
import { fromStripe, toStripe } from "./amounts.ts";

it.each([
	["EUR", 1050, 1050],
	["JPY", 500, 500],
	["KWD", 1050, 1050],
	["ISK", 7, 700],
	["UGX", 5, 500],
	["MGA", 50_000, 500],
])("sends %s as Stripe counts it, and reads it back", (currency, minor, stripes) => {
	expect(toStripe(minor, currency)).toBe(stripes);
	expect(fromStripe(stripes, currency.toLowerCase())).toBe(minor);
});

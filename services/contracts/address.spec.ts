import { describe, expect, it } from "@jest/globals";
import { Address, AddressView } from "./address.ts";

const full = {
	name: "Ada Lovelace",
	line1: "1 Main Street",
	line2: "Second floor",
	city: "Turin",
	region: "TO",
	postalCode: "10100",
	country: "IT",
};
const { name: _name, line2: _line2, region: _region, ...least } = full;

const messageOf = (given: unknown) => Address.safeParse(given).error?.issues[0]?.message;

describe("an address", () => {
	it.each([full, least])("is %j", (given) => {
		expect(Address.parse(given)).toEqual(given);
	});

	it("may be a plain text, kept as its first line", () => {
		expect(Address.parse("1 Main Street, Turin")).toEqual({ line1: "1 Main Street, Turin" });
	});

	it.each([
		["nothing", ""],
		["a text too long", "x".repeat(501)],
		["a text with a NUL", "1 Main\u0000 Street"],
		["a city alone", { city: "Turin" }],
		["a number", 1],
		["null", null],
	])("is not %s, and the refusal says what it must be", (_, given) => {
		expect(messageOf(given)).toMatch(/^must be a text, or an object with line1, city, postalCode and country/);
	});

	it.each([
		["a field it does not know", { ...full, planet: "Earth" }, 'Unrecognized key: "planet"'],
		["a NUL", { ...full, city: "Tu\u0000rin" }, "must not contain the NUL character"],
	])("does not hold %s, and the refusal says so", (_, given, message) => {
		expect(messageOf(given)).toBe(message);
	});

	it("is answered as it was given, text or not", () => {
		expect(AddressView.parse(Address.parse("1 Main Street"))).toEqual({ line1: "1 Main Street" });
		expect(AddressView.parse(Address.parse(full))).toEqual(full);
	});
});

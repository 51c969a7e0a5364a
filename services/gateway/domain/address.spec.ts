import { describe, expect, it } from "@jest/globals";
import { plainAddress } from "./address.ts";

describe("an address", () => {
	it.each([
		["::ffff:10.0.0.1", "10.0.0.1"],
		["10.0.0.1", "10.0.0.1"],
		["fe80::1%eth0", "fe80::1"],
		["::1", "::1"],
	])("%s is written %s", (given, plain) => {
		expect(plainAddress(given)).toBe(plain);
	});
});

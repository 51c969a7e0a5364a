import { expect, it } from "@jest/globals";
import { addressKey } from "./address-key.ts";

it.each([
	["10.0.0.1", "10.0.0.1"],
	["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
	["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
	["2001:db8::1", "2001:db8:0:0::/64"],
	["::1", "0:0:0:0::/64"],
	["fe80::", "fe80:0:0:0::/64"],
])("the address %s counts as %s", (given, key) => {
	expect(addressKey(given)).toBe(key);
});

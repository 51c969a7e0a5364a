import { describe, expect, it } from "@jest/globals";
import { secureLocation } from "./secure-location.ts";

describe("the https address of a plain request", () => {
	it.each([
		["shop.example", "/orders?page=2", "https://shop.example/orders?page=2"],
		["shop.example:8080", "/", "https://shop.example:3000/"],
		["localhost:3080", "/health", "https://localhost:3000/health"],
		["127.0.0.1:80", "/a%20b", "https://127.0.0.1:3000/a%20b"],
		["[::1]:3080", "/", "https://[::1]:3000/"],
		["shop.example", "http://evil.example/path?x=1", "https://shop.example/path?x=1"],
		["shop.example", "http://evil.example?x=1", "https://shop.example/?x=1"],
		["shop.example", "//evil.example/", "https://shop.example//evil.example/"],
		["shop.example", "*", "https://shop.example/"],
		["shop.example", "evil.example:443", "https://shop.example/"],
	])("of %s and %s is %s", (host, target, location) => {
		expect(secureLocation(host, target, 3000)).toBe(location);
	});

	it("names no port when HTTPS has its usual one", () => {
		expect(secureLocation("shop.example:80", "/", 443)).toBe("https://shop.example/");
	});

	it.each([
		undefined,
		"",
		"a b",
		"shop.example/evil",
		"user@evil.example",
		"shop.example:port",
		"-x",
		"[x]",
		"é.example",
	])("of the host %j does not exist", (host) => {
		expect(secureLocation(host, "/", 3000)).toBeUndefined();
	});
});

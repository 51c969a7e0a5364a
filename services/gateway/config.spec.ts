import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

describe("the gateway's configuration", () => {
	it("needs nothing in the laptop shape", () => {
		expect(config({})).toEqual({
			API_GATEWAY_PORT: 3000,
			API_GATEWAY_HOST: "0.0.0.0",
			RATE_LIMIT_PER_MINUTE: 600,
			TRUSTED_PROXIES: [],
			CORS_ORIGINS: [],
			REQUEST_LOG: "on",
			namespace: "stoa",
		});
	});

	it("reads lists", () => {
		const read = config({
			TRUSTED_PROXIES: "10.0.0.1, 10.1.0.0/16,fd00::/8,loopback",
			CORS_ORIGINS: "https://a.example",
		});
		expect(read.TRUSTED_PROXIES).toEqual(["10.0.0.1", "10.1.0.0/16", "fd00::/8", "loopback"]);
		expect(read.CORS_ORIGINS).toEqual(["https://a.example"]);
	});

	it.each([
		["API_GATEWAY_PORT", "70000"],
		["RATE_LIMIT_PER_MINUTE", "-1"],
		["TRUSTED_PROXIES", "everybody"],
		["TRUSTED_PROXIES", "10.0.0.0/33"],
		["TRUSTED_PROXIES", "10.0.0.0/8/8"],
		["CORS_ORIGINS", "https://a.example/path"],
		["CORS_ORIGINS", "*"],
	])("refuses %s=%s by name", (name, value) => {
		expect(() => config({ [name]: value })).toThrow(name);
	});
});

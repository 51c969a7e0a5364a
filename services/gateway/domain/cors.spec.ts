import { describe, expect, it } from "@jest/globals";
import { corsHeaders, preflightHeaders } from "./cors.ts";

describe("another origin", () => {
	const allowed = ["https://shop.example"];

	it("is told that it may read when it is listed", () => {
		expect(corsHeaders("https://shop.example", allowed)).toContain("Access-Control-Allow-Origin");
		expect(preflightHeaders("https://shop.example", allowed)).toContain("Access-Control-Allow-Methods");
	});

	it.each([["https://evil.example"], ["https://shop.example.evil.example"], ["null"], [undefined]])(
		"is told nothing when it is %s",
		(origin) => {
			expect(corsHeaders(origin, allowed)).toEqual(["Vary", "Origin"]);
			expect(preflightHeaders(origin, allowed)).toEqual([]);
		},
	);

	it("does not exist where none is listed", () => {
		expect(corsHeaders("https://shop.example", [])).toEqual([]);
	});
});

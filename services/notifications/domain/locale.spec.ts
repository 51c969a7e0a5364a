import { describe, expect, it } from "@jest/globals";
import { bestOf, canonical, localesFor } from "./locale.ts";
import { e164 } from "./phone.ts";

const choices = (...locales: string[]) => locales.map((locale) => ({ locale }));

describe("the language of a notification", () => {
	it.each([
		["de-AT", ["de-at", "de", "en"]],
		["zh_Hant_TW", ["zh-hant-tw", "zh-hant", "zh", "en"]],
		["en", ["en"]],
	])("for %s is looked for in %j", (wanted, expected) => {
		expect(localesFor(wanted)).toEqual(expected);
	});

	it("is the closest there is", () => {
		expect(bestOf("de-AT", choices("en", "de", "de-AT"))?.locale).toBe("de-AT");
		expect(bestOf("de-CH", choices("en", "de", "de-AT"))?.locale).toBe("de");
		expect(bestOf("fr", choices("de", "en"))?.locale).toBe("en");
		expect(bestOf("fr", choices("de"))).toBeUndefined();
	});

	it("is written in one way", () => {
		expect([canonical("de-at"), canonical("x")]).toEqual(["de-AT", "x"]);
	});
});

describe("a phone number", () => {
	it.each([
		["+49 (151) 123-45678", "+4915112345678"],
		["0049 151 12345678", "+4915112345678"],
	])("%s is %s to networks", (written, expected) => {
		expect(e164(written)).toBe(expected);
	});

	it.each(["0151 12345678", "+0151", "112"])("%s lacks its country", (written) => {
		expect(e164(written)).toBeUndefined();
	});
});

import { describe, expect, it } from "@jest/globals";
import { exactTerms, knownTerms, readTerms, wordsOf } from "./search-terms.ts";

describe("the words of a search", () => {
	it.each([
		["Folding  CHAIR", ["folding", "chair"]],
		["Café-Crème", ["cafe", "creme"]],
		["KX-340A", ["kx", "340a"]],
		["don’t; drop'table--", ["don", "t", "drop", "table"]],
		["лампа Ёлка 台灯", ["лампа", "елка", "台灯"]],
		["lamp lamp LAMP", ["lamp"]],
		["120 × 80 ½", ["120", "80"]],
		["?! & | ( ) : * <-> \\ '", []],
	])("are letters and digits without accents and capitals: %j", (given, words) => {
		expect(wordsOf(given)).toEqual(words);
	});

	it("are twelve at most, and not endless", () => {
		const words = wordsOf(Array.from({ length: 50 }, (_, at) => `${"w".repeat(60)} ${at}`).join(" "));

		expect(words).toHaveLength(12);
		expect(words[0]).toBe("w".repeat(40));
	});
});

describe("the terms of a search", () => {
	const readings = new Map([["lmap", ["lamp", "(la & map)"]]]);

	it("are the words as they are", () => {
		expect(exactTerms(["red", "lamp"])).toEqual(["red", "lamp"]);
	});

	it("are also what the words may mean, the last one the beginning of a word too", () => {
		expect(readTerms(["lmap", "desk"], readings)).toEqual(["lmap | lamp | (la & map)", "desk:*"]);
		expect(readTerms(["desk", "lmap"], readings)).toEqual(["desk", "lmap:* | lamp | (la & map)"]);
		expect(readTerms(["la"], readings)).toEqual(["la"]);
	});

	it("are only those that are known or mean something, in the end", () => {
		expect(knownTerms(["desk", "lmap", "qqq"], new Set(["desk"]), readings)).toEqual([
			"desk",
			"lmap | lamp | (la & map)",
		]);
		expect(knownTerms(["qqq"], new Set(), readings)).toEqual([]);
	});
});

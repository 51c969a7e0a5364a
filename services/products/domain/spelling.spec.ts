import { describe, expect, it } from "@jest/globals";
import { editsBetween, readingsOf, splitsOf } from "./spelling.ts";

describe("the edits between two words", () => {
	it.each([
		["lamp", "lamp", 0],
		["lamp", "lmap", 1],
		["lamp", "lap", 1],
		["lamp", "laamp", 1],
		["lamp", "lemp", 1],
		["lamp", "almp", 1],
		["lamp", "palm", 3],
		["chair", "cahri", 2],
		["", "lamp", 4],
		["lamp", "", 4],
	])("of %j and %j are %i, either way", (one, other, edits) => {
		expect([editsBetween(one, other), editsBetween(other, one)]).toEqual([edits, edits]);
	});
});

describe("what a word may mean", () => {
	it("are known words one edit away, in their order", () => {
		expect(readingsOf("lmap", ["lamp", "lamps", "map", "lamp"])).toEqual(["lamp", "map"]);
	});

	it("are for a longer word those two edits away, when none is nearer", () => {
		expect(readingsOf("refridgeratir", ["refrigerator", "refrigerate"])).toEqual(["refrigerator"]);
		expect(readingsOf("chari", ["charm", "chart", "cheri", "cairo"])).toEqual(["charm", "chart", "cheri"]);
		expect(readingsOf("lmpa", ["lamp"])).toEqual([]);
	});

	it("are five at most, and never the word itself", () => {
		expect(readingsOf("bat", ["bat", "cat", "hat", "rat", "mat", "sat", "fat"])).toEqual([
			"cat",
			"hat",
			"rat",
			"mat",
			"sat",
		]);
	});

	it("may be two words that lost their space", () => {
		expect(splitsOf("oaklamp")).toContainEqual(["oak", "lamp"]);
		expect(splitsOf("lamp")).toEqual([["la", "mp"]]);
		expect(splitsOf("mat")).toEqual([]);
	});
});

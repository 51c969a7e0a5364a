import { describe, expect, it } from "@jest/globals";
import { usernameFor } from "./username.ts";

const id = "0190c1f0-0000-7000-8000-0123deadbeef";

describe("the username of somebody who chose none", () => {
	it.each([
		["Ada", "Lovelace", "ada.lovelace.deadbeef"],
		["Zoë-Marie", "O'Hara", "zoemarie.ohara.deadbeef"],
		["李", "小龍", "user.deadbeef"],
		["Cher", "", "cher.deadbeef"],
	])("of %s %s is %s", (name, surname, expected) => {
		expect(usernameFor(name, surname, id)).toBe(expected);
	});

	it("is one that could have been chosen, however long the name", () => {
		expect(usernameFor("x".repeat(100), "y".repeat(100), id)).toMatch(/^[a-z0-9][a-z0-9.]{2,99}$/);
	});
});

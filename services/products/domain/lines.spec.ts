import { expect, it } from "@jest/globals";
import { summed } from "./lines.ts";

it("asks for each product once, sorted, whatever the spelling of its id", () => {
	const lines = [
		{ productId: "bb", quantity: 1 },
		{ productId: "aa", quantity: 2 },
		{ productId: "BB", quantity: 3 },
	];

	expect(summed(lines)).toEqual([
		{ productId: "aa", quantity: 2 },
		{ productId: "bb", quantity: 4 },
	]);
});

import { describe, expect, it } from "@jest/globals";
import { CELLS, nameOf } from "./cells.ts";
import { optionsFrom } from "./options.ts";

describe("the options of a bench", () => {
	it("measure every cell at full length unless told otherwise", () => {
		const { cells, pace, profiled } = optionsFrom([]);

		expect(cells).toEqual(CELLS);
		expect(pace.sliceMs).toBeGreaterThan(optionsFrom(["--quick"]).pace.sliceMs);
		expect(profiled).toBeUndefined();
	});

	it("measure the named subjects only", () => {
		expect(optionsFrom(["--only", "orders, login"]).cells.map(nameOf)).toEqual([
			...["orders@1", "orders@16"],
			...["login@1", "login@32", "login@128"],
		]);
	});

	it("profile a cell at its most telling number of connections, or at the named one", () => {
		expect(optionsFrom(["--profile", "orders"]).profiled).toEqual({ subject: "orders", connections: 16 });
		expect(optionsFrom(["--profile", "list@4"]).profiled).toEqual({ subject: "list", connections: 4 });
	});

	it.each([
		[["--only", "payments"], "Nothing is measured as"],
		[["--profile", "orders@many"], "is no cell"],
		[["--profile", "orders@0"], "is no cell"],
		[["--fast"], "--fast"],
	])("refuse %s", (parameters, message) => {
		expect(() => optionsFrom(parameters)).toThrow(message);
	});
});

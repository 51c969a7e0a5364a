import { describe, expect, it } from "@jest/globals";
import { nameOf, SECTIONS, sidesOf } from "./cells.ts";
import { optionsFrom } from "./options.ts";

const chosen = (only: string) =>
	optionsFrom(["--only", only]).sections.flatMap(({ name, cells }) => cells.map((cell) => `${name} ${nameOf(cell)}`));

describe("the options of a bench", () => {
	it("measure every cell at full length unless told otherwise", () => {
		const { sections, pace, profiled } = optionsFrom([]);

		expect(sections).toEqual(SECTIONS);
		expect(pace.sliceMs).toBeGreaterThan(optionsFrom(["--quick"]).pace.sliceMs);
		expect(profiled).toBeUndefined();
	});

	it("measure the named subjects beside the floor only", () => {
		const loads = [...["orders@1", "orders@16"], ...["login@1", "login@32", "login@128"]];

		expect(chosen("orders, login")).toEqual(loads.map((name) => `floor ${name}`));
	});

	it("measure the shapes only, or along with a subject", () => {
		const shapes = ["products@1", "products@32", "list@32", "orders@16"].map((name) => `shapes ${name}`);

		expect(chosen("shapes")).toEqual(shapes);
		expect(chosen("shapes,orders")).toEqual(["floor orders@1", "floor orders@16", ...shapes]);
	});

	it("start nobody who is not measured", () => {
		expect(sidesOf(optionsFrom(["--only", "list"]).sections)).toEqual(["laptop", "floor"]);
		expect(sidesOf(optionsFrom(["--only", "shapes"]).sections)).toEqual(["cluster", "laptop", "echo"]);
	});

	it.each([
		["a cell at its most telling number of connections", ["orders"], { subject: "orders", connections: 16 }, "laptop"],
		["a cell at the named one", ["list@4"], { subject: "list", connections: 4 }, "laptop"],
		["the named side", ["list@4", "--side", "cluster"], { subject: "list", connections: 4 }, "cluster"],
	])("profile %s", (_what, parameters, load, side) => {
		expect(optionsFrom(["--profile", ...parameters]).profiled).toEqual({ load, side });
	});

	it.each([
		[["--only", "payments"], "Nothing is measured as"],
		[["--profile", "payments"], "Nothing is asked as"],
		[["--profile", "orders@many"], "is no cell"],
		[["--profile", "orders@0"], "is no cell"],
		[["--side", "stoa"], "There is no side"],
		[["--fast"], "--fast"],
	])("refuse %s", (parameters, message) => {
		expect(() => optionsFrom(parameters)).toThrow(message);
	});
});

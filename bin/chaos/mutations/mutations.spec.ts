import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { transformSync } from "@swc/core";
import { ROOT } from "../../laptop/home.ts";
import { CONTROLS } from "./controls.ts";
import { FAILPOINTS } from "./failpoints.ts";
import { mutated } from "./mutation.ts";
import type { Mutation } from "./mutation.ts";
import { MUTATIONS, mutationsNamed } from "./mutations.ts";

const sourceOf = (file: string): string => readFileSync(`${ROOT}/${file}`, "utf8");

/** As the loader reads it: all edits of these mutations in the file, one after the other. */
function loaded(file: string, mutations: readonly Mutation[]): string {
	const edits = mutations.flatMap(({ name, edits }) => edits.map((edit) => ({ name, edit })));
	const own = edits.filter(({ edit }) => edit.file === file);
	return own.reduce((source, { name, edit }) => mutated(source, edit, name), sourceOf(file));
}

describe.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))("the mutation %s", (_name, mutation) => {
	it("still fits the code it changes, which stays TypeScript", () => {
		for (const file of new Set(mutation.edits.map((edit) => edit.file))) {
			const source = loaded(file, [mutation]);
			expect(source).not.toBe(sourceOf(file));
			expect(() =>
				transformSync(source, { jsc: { parser: { syntax: "typescript" }, target: "es2024" } }),
			).not.toThrow();
		}
	});
});

it.each(CONTROLS.map((control) => [control.name, control] as const))(
	"%s goes together with all failpoints",
	(_name, control) => {
		for (const { file } of control.edits) expect(() => loaded(file, [...FAILPOINTS, control])).not.toThrow();
	},
);

describe("a mutation", () => {
	const edit = { file: "a.ts", find: "one", replace: "two" };

	it("replaces its text", () => {
		expect(mutated("one $& is", edit, "m")).toBe("two $& is");
	});

	it.each(["none", "one and one"])("refuses a source that has it not exactly once: %s", (source) => {
		expect(() => mutated(source.replace("none", ""), edit, "m")).toThrow(
			/"m" expects this text once in a.ts.*0|2 times/,
		);
	});

	it("is known by its name", () => {
		expect(mutationsNamed(["inbox-off", "mid-compensation"]).map(({ name }) => name)).toEqual([
			"mid-compensation",
			"inbox-off",
		]);
		expect(() => mutationsNamed(["outbox-off"])).toThrow(/no mutation outbox-off. There are: after commit/);
	});
});

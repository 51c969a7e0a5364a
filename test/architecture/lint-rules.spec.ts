import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { cutDown, plant, report, repository } from "./planted-tree.ts";

interface Linted {
	readonly filePath: string;
	readonly messages: readonly { readonly ruleId: string | null; readonly message: string }[];
}

interface Block {
	readonly name?: string;
	readonly rules?: Readonly<Record<string, string | readonly unknown[]>>;
}

type Planted = readonly [restriction: string, file: string, code: string];

const lines = (count: number, line: string) => `${line}\n`.repeat(count);
const sized = (count: number) => `export function a(): void {\n${lines(count - 2, "\tJSON.stringify({});")}}\n`;
const deep = `export function a(b: number): number {
	for (let c = 0; c < b; c += 1) {
		if (c > 1) {
			if (c > 2) return c;
		}
	}
	return b;
}`;
const unexhausted = `export function a(b: "c" | "d"): void {
	switch (b) {
		case "c":
			return;
	}
}`;

/** `block rule` and, where a rule holds a list, the entry. */
const planted: readonly Planted[] = [
	["stoa/everywhere no-console", "services/orders/a.ts", `console.log("a");`],
	["stoa/everywhere eqeqeq", "services/orders/b.ts", `export const b = (c: number, d: number) => c == d;`],
	["stoa/everywhere max-depth", "services/orders/c.ts", deep],
	["stoa/everywhere @typescript-eslint/no-explicit-any", "services/orders/d.spec.ts", `export type D = any;`],
	["stoa/everywhere @typescript-eslint/no-floating-promises", "mixins/e.spec.ts", `Promise.resolve(1);`],
	["stoa/everywhere @typescript-eslint/switch-exhaustiveness-check", "services/orders/f.ts", unexhausted],
	[
		"stoa/everywhere @typescript-eslint/consistent-type-imports",
		"services/orders/g.ts",
		`import { Stats } from "node:fs"; export type G = Stats;`,
	],
	["stoa/everywhere no-restricted-properties env", "services/orders/h.ts", `export const h = process.env;`],
	["stoa/everywhere no-restricted-properties env", "mixins/h.spec.ts", `export const { env } = process;`],
	["stoa/everywhere no-restricted-imports process", "mixins/i.ts", `import { env } from "process"; env["I"] ??= "";`],
	[
		"stoa/everywhere no-restricted-imports node:process",
		"mixins/j.ts",
		`import { env } from "node:process"; env["J"] ??= "";`,
	],
	["stoa/size max-lines", "services/contracts/k.ts", lines(201, "export {};")],
	["stoa/size max-lines-per-function", "bin/l.ts", sized(41)],
	["stoa/domain no-restricted-properties env", "services/orders/domain/config.ts", `export const m = process.env;`],
	["stoa/domain no-restricted-properties now", "services/orders/domain/n.ts", `export const n = Date.now();`],
	["stoa/domain no-restricted-properties random", "services/orders/domain/o.ts", `export const o = Math.random();`],
	["stoa/domain no-restricted-globals crypto", "services/orders/domain/p.ts", `export const p = crypto.randomUUID();`],
	[
		"stoa/domain no-restricted-globals performance",
		"services/orders/domain/q.ts",
		`export const q = performance.now();`,
	],
	[
		"stoa/domain no-restricted-globals setTimeout",
		"services/orders/domain/r.ts",
		`export const r = (s: () => void) => setTimeout(s, 1);`,
	],
	[
		"stoa/domain no-restricted-syntax NewExpression[callee.name='Date'][arguments.length=0]",
		"services/orders/domain/s.ts",
		`export const s = new Date();`,
	],
	[
		"stoa/domain no-restricted-syntax CallExpression[callee.name='Date']",
		"services/orders/domain/t.ts",
		`export const t = Date();`,
	],
];

/** The same code where it is allowed. */
const belonging: readonly (readonly [file: string, code: string])[] = [
	["services/orders/config.ts", `export const a = process.env;`],
	["moleculer.config.ts", `export const a = process.env;`],
	["bin/a.ts", `console.log(process.env);`],
	["bench/a.ts", `console.log(process.env);`],
	["test/a.ts", `console.log(process.env);`],
	["services/orders/domain/a.ts", `export const a = (at: number) => new Date(at);`],
	["services/orders/domain/a.spec.ts", `export const a = [new Date(), Date.now(), Math.random()];`],
	["services/orders/actions/a.ts", `export const a = new Date();`],
	["services/orders/long.spec.ts", lines(201, "export {};") + sized(41)],
	[
		"services/orders/full.ts",
		`${sized(40)}${lines(160, "export {};")}${lines(9, "// Comments and blanks are free.\n")}`,
	],
];

/** `block rule [entry]` of everything that a block of ours forbids. */
function restrictions({ name = "", rules = {} }: Block): string[] {
	return Object.entries(rules).flatMap(([rule, setting]) => {
		const entries = rule.startsWith("no-restricted-") ? setting.slice(1) : [];
		const named = (entries as { property?: string; name?: string; selector?: string }[]).map(
			(entry) => `${name} ${rule} ${entry.property ?? entry.name ?? entry.selector ?? ""}`,
		);
		return named.length > 0 ? named : [`${name} ${rule}`];
	});
}

describe("the lint rules", () => {
	let folder = "";
	let linted: readonly Linted[] = [];
	const messagesFor = (file: string) => linted.find(({ filePath }) => filePath === join(folder, file))?.messages;

	beforeAll(async () => {
		const files = [...planted.map(([, file, code]) => [file, code]), ...belonging];
		const silenced = { "services/orders/silenced.ts": `// eslint-disable-next-line\nconsole.log("a");` };
		folder = await plant({ ...Object.fromEntries(files), ...silenced });
		linted = await report<Linted[]>(folder, "eslint/bin/eslint.js", ".", "--format", "json");
	});
	afterAll(() => cutDown(folder));

	it.each(planted)("%s, and no other, refuses %s", (restriction, file) => {
		const [, rule] = restriction.split(" ");

		expect(new Set(messagesFor(file)?.map(({ ruleId }) => ruleId))).toEqual(new Set([rule]));
	});

	it.each(belonging)("none refuses %s", (file) => {
		expect(messagesFor(file)).toEqual([]);
	});

	it("cannot be silenced by a comment, which is itself reported", () => {
		expect(messagesFor("services/orders/silenced.ts")).toMatchObject([
			{ message: expect.stringContaining("has no effect") },
			{ ruleId: "no-console" },
		]);
	});

	it("each have a planted violation", async () => {
		const { default: blocks } = (await import(join(repository, "eslint.config.mjs"))) as { default: Block[] };
		const ours = blocks.filter(({ name }) => name?.startsWith("stoa/")).flatMap(restrictions);

		expect(new Set(planted.map(([restriction]) => restriction))).toEqual(new Set(ours));
	});
});

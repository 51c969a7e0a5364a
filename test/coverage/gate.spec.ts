import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { cutDown, plant, repository } from "../architecture/planted-tree.ts";

const half = `export const run = (): number => 1;

export function rest(): number {
	const one = 1;
	return one;
}
`;
const specOf = (...modules: string[]) => `import { expect, it } from "@jest/globals";
${modules.map((path, index) => `import { run as run${index} } from "${path}";`).join("\n")}

it("runs", () => expect([${modules.map((_, index) => `run${index}()`).join(", ")}]).not.toContain(0));
`;

const tree = {
	"services/whole/whole.ts": 'interface Kept {\n\tone: 1;\n}\n\nexport const run = (): Kept["one"] => 1;\n',
	"services/whole/whole.int.spec.ts": specOf("./whole.ts", "../../mixins/borrowed.ts"),
	"services/whole/whole.context.ts": "export const typesOnly = 1;\n",
	"services/whole/migrations/0001.ts": "export const up = () => 1;\n",
	"services/half/half.ts": half,
	"services/half/half.spec.ts": specOf("./half.ts"),
	"services/unloaded/unloaded.ts": half,
	"services/contracts/free.ts": half,
	"mixins/borrowed.ts": "export const run = (): number => 1;\n",
	"test/database/start.mjs": "export default () => {};\n",
	"test/database/stop.mjs": "export default () => {};\n",
	"test/support/cluster-environment.mjs": "export default class {}\n",
};

describe("the coverage gate", () => {
	let folder = "";
	const gate = (...names: string[]) => {
		const run = spawnSync(process.execPath, [join(repository, "test/coverage/gate.ts"), ...names], {
			cwd: folder,
			encoding: "utf8",
			env: { ...process.env, NODE_OPTIONS: "" },
		});
		return {
			status: run.status,
			rows: run.stdout.split("\n").filter((line) => line.startsWith("  ")),
			said: run.stderr,
		};
	};

	beforeAll(async () => void (folder = await plant(tree)));
	afterAll(() => cutDown(folder));

	it("fails when a folder's own specs execute too few of its lines, and counts no other folder's specs", () => {
		const { status, rows } = gate();

		expect(status).toBe(1);
		expect(rows.map((row) => row.replace(/ +/g, " "))).toEqual([
			" half 33.3 % 1 of 3 too few",
			" unloaded 0.0 % 0 of 3 too few",
			" whole 100.0 % 1 of 1",
			" mixins 0.0 % 0 of 1 too few",
		]);
	});

	it("measures the named service alone", () => {
		const { status, rows } = gate("whole");

		expect(status).toBe(0);
		expect(rows).toHaveLength(1);
	});

	it("fails where there is no spec at all", () => {
		expect(gate("unloaded").status).not.toBe(0);
	});

	it("names the choices when it does not know the name", () => {
		const { status, said } = gate("ordres");

		expect(status).toBe(2);
		expect(said).toContain("choose of half, unloaded, whole, mixins");
	});
});

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { measuredFolder } from "./own-specs.ts";

/**
 * Runs the specs that lie beside the code, and fails when they leave more than a tenth of the lines of any
 * service, or of the mixins, unexecuted. Each is measured by its own specs and by all of its files.
 *
 *     node test/coverage/gate.ts            every service and the mixins, and the specs of bin and contracts
 *     node test/coverage/gate.ts orders     one of them
 */
const root = process.cwd();
const summaryFile = join(root, "coverage/coverage-summary.json");
const leastPercent = 90;
const jest = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning", "node_modules/jest/bin/jest.js"];
const notMeasured = ["!**/*.{spec,fixture}.ts", "!**/*.context.ts", "!**/*.d.ts", "!**/migrations/**"];

interface Lines {
	readonly total: number;
	readonly covered: number;
}

interface Row extends Lines {
	readonly name: string;
}

type Summary = Readonly<Record<string, { readonly lines: Lines }>>;

const nameOf = (folder: string): string => folder.replace("services/", "");
const percentOf = ({ covered, total }: Lines): number => (100 * covered) / total;
const falls = (row: Row): boolean => !(percentOf(row) >= leastPercent);

function measurable(): string[] {
	const services = readdirSync(join(root, "services"), { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && entry.name !== "contracts")
		.map(({ name }) => `services/${name}`);

	return [...services, "mixins"];
}

/** The folders of the names; all of them for none. */
function chosen(names: readonly string[]): string[] {
	const folders = measurable();
	const unknown = names.filter((name) => !folders.map(nameOf).includes(name));
	if (unknown.length > 0) {
		console.error(`Nothing is called ${unknown.join(", ")}: choose of ${folders.map(nameOf).join(", ")}.`);
		process.exit(2);
	}
	return names.length === 0 ? folders : folders.filter((folder) => names.includes(nameOf(folder)));
}

function runSpecs(folders: readonly string[], paths: readonly string[]): number {
	const coverage = [
		"--coverage",
		`--collectCoverageFrom=${JSON.stringify([...folders.map((folder) => `${folder}/**/*.ts`), ...notMeasured])}`,
		"--coverageReporters=json-summary",
		"--reporters=default",
		`--reporters=${join(import.meta.dirname, "own-specs.ts")}`,
	];
	const select = ["--selectProjects", "unit", "integration", "--", ...paths];

	return spawnSync(process.execPath, [...jest, ...coverage, ...select], { cwd: root, stdio: "inherit" }).status ?? 1;
}

/** One row for each folder, from the summary that jest left. */
function measure(folders: readonly string[]): Row[] {
	const summary = existsSync(summaryFile) ? (JSON.parse(readFileSync(summaryFile, "utf8")) as Summary) : {};

	return folders.map((folder) => {
		const files = Object.entries(summary).filter(([path]) => measuredFolder(root, path) === folder);
		const sum = (of: keyof Lines) => files.reduce((all, [, { lines }]) => all + lines[of], 0);

		return { name: nameOf(folder), total: sum("total"), covered: sum("covered") };
	});
}

function print(rows: readonly Row[]): void {
	console.log(`\nLines that the specs beside the code execute (at least ${leastPercent} %)`);
	for (const row of rows) {
		const percent = row.total === 0 ? "none" : `${percentOf(row).toFixed(1)} %`;
		const lines = `${row.covered} of ${row.total}`;
		console.log(`  ${row.name.padEnd(16)}${percent.padStart(8)}${lines.padStart(16)}${falls(row) ? "  too few" : ""}`);
	}
}

const names = process.argv.slice(2);
rmSync(summaryFile, { force: true });
const folders = chosen(names);
const status = runSpecs(folders, names.length === 0 ? [] : folders.map((folder) => `${folder}/`));
const rows = measure(folders);
print(rows);
process.exit(status !== 0 ? status : rows.some(falls) ? 1 : 0);

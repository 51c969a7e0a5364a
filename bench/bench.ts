import { writeFile } from "node:fs/promises";
import { missingPackages } from "../bin/servers/packages.ts";
import { SERVERS } from "../bin/servers/servers.ts";
import { nameOf, sidesOf } from "./cells.ts";
import type { Section } from "./cells.ts";
import { idleOf } from "./measure/idle.ts";
import { measureCell } from "./measure/measure-cell.ts";
import type { CellResult } from "./measure/result.ts";
import { expectSameAnswers } from "./measure/same-answers.ts";
import { optionsFrom, USAGE } from "./options.ts";
import type { Options, Pace } from "./options.ts";
import { profileCell } from "./profile/profile-cell.ts";
import { environmentOf, machineLoad, report } from "./report/report.ts";
import type { SectionResult } from "./report/report.ts";
import { perSecond } from "./report/table.ts";
import type { Side } from "./stage/side.ts";
import { onStage } from "./stage/stage.ts";
import type { Stage } from "./stage/stage.ts";

/**
 * Measures Stoa on a laptop beside a hand-written floor, and its cluster shape beside the laptop and a bare echo,
 * closed loop, in turns, on one database server.
 *
 * @throws when a server does not start, or a side answered what nobody expected
 */
export async function run(parameters: readonly string[]): Promise<void> {
	const options = optionsFrom(parameters);
	const loadBefore = machineLoad();
	if (options.isHelp) {
		console.log(USAGE);
		return;
	}
	const sides = options.profiled === undefined ? sidesOf(options.sections) : [options.profiled.side];
	if (sides.includes("cluster") || sides.includes("echo")) expectServers();
	await onStage(console.log, (stage) => perform(stage, options, loadBefore));
}

/** @throws now rather than after minutes, when the cluster could not start */
function expectServers(): void {
	const missing = missingPackages([SERVERS.redis, SERVERS.rabbitmq]);
	if (missing.length === 0) return;
	throw new Error(
		`The cluster needs ${missing.join(", ")}. Install what is missing: bin/stoa services install. ` +
			"Or measure without it: npm run bench -- --only floor",
	);
}

async function perform(stage: Stage, options: Options, loadBefore: number): Promise<void> {
	const { profiled, pace } = options;
	if (profiled === undefined) await measure(stage, options, loadBefore);
	else console.log(await profileCell(await stage.side(profiled.side), profiled.load, pace));
}

async function measure(stage: Stage, { sections: chosen, pace, jsonFile }: Options, loadBefore: number): Promise<void> {
	const sections: SectionResult[] = [];
	for (const section of chosen) sections.push(await measureSection(stage, section, pace));
	const environment = environmentOf(stage.database, loadBefore);
	console.log(report(sections, environment));
	if (jsonFile !== undefined) await writeFile(jsonFile, JSON.stringify({ environment, sections }, null, "\t"));
	refuseErrors(sections);
}

async function measureSection(stage: Stage, section: Section, pace: Pace): Promise<SectionResult> {
	const { name, title, cells } = section;
	const all = await Promise.all(sidesOf([section]).map(stage.side));
	await expectComparable(all);
	const idle = await idleOf(all);
	const results: CellResult[] = [];
	for (const [index, cell] of cells.entries()) {
		const sides = await Promise.all(cell.sides.map(stage.side));
		const result = await measureCell(sides, cell, pace);
		results.push(result);
		console.log(progress(nameOf(cell), result, `${index + 1}/${cells.length}`));
	}
	return { name, title, idle, results };
}

/** The echo, which comes third, answers what Stoa has answered. */
async function expectComparable([one, other]: readonly Side[]): Promise<void> {
	if (one !== undefined && other !== undefined) await expectSameAnswers(one, other);
}

function progress(name: string, { sides, ratios }: CellResult, done: string): string {
	const said = sides.map((side) => {
		const ratio = ratios[side.name];
		return `${side.name} ${perSecond(side)}/s${ratio === undefined ? "" : ` (${ratio.toFixed(3)})`}`;
	});
	return `${done.padStart(5)}  ${name.padEnd(13)} ${said.join(", ")}`;
}

function refuseErrors(sections: readonly SectionResult[]): void {
	const cells = sections.flatMap(({ results }) => results);
	const lines = cells.flatMap(({ name, sides }) =>
		sides.flatMap(({ name: side, errors, firstError }) =>
			firstError === undefined ? [] : [`${name}, ${side}, ${errors} times, first: ${firstError}`],
		),
	);
	if (lines.length > 0) throw new Error(`Answers that nobody expected:\n${lines.join("\n")}`);
}

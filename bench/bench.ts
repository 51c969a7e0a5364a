import { setTimeout as wait } from "node:timers/promises";
import { writeFile } from "node:fs/promises";
import { nameOf } from "./cells.ts";
import type { Cell } from "./cells.ts";
import { measureCell } from "./measure/measure-cell.ts";
import type { CellResult } from "./measure/result.ts";
import { expectSameAnswers } from "./measure/same-answers.ts";
import { optionsFrom, USAGE } from "./options.ts";
import type { Options } from "./options.ts";
import { profileCell } from "./profile/profile-cell.ts";
import { environmentOf, machineLoad, report } from "./report/report.ts";
import { perSecond } from "./report/table.ts";
import { onStage } from "./stage/stage.ts";
import type { Stage } from "./stage/stage.ts";

const IDLE_MS = 2_000;

/**
 * Measures Stoa beside a hand-written floor, closed loop, both in turns on one database server.
 *
 * @throws when a server does not start, or a side answered what nobody expected
 */
export async function run(parameters: readonly string[]): Promise<void> {
	const options = optionsFrom(parameters);
	const loadBefore = machineLoad();
	if (options.isHelp) console.log(USAGE);
	else await onStage(console.log, (stage) => perform(stage, options, loadBefore));
}

async function perform(stage: Stage, options: Options, loadBefore: number): Promise<void> {
	await expectSameAnswers(stage);
	if (options.profiled === undefined) await measure(stage, options, loadBefore);
	else console.log(await profileCell(stage.stoa, options.profiled, options.pace));
}

async function measure(stage: Stage, { cells, pace, jsonFile }: Options, loadBefore: number): Promise<void> {
	const idlePerSecond = await idleStatements(stage);
	const results: CellResult[] = [];
	for (const [index, cell] of cells.entries()) {
		const result = await measureCell(stage, cell, pace);
		results.push(result);
		console.log(progress(cell, result, `${index + 1}/${cells.length}`));
	}
	const environment = environmentOf(stage.database, loadBefore);
	console.log(report(results, environment, idlePerSecond));
	if (jsonFile !== undefined)
		await writeFile(jsonFile, JSON.stringify({ environment, idlePerSecond, results }, null, "\t"));
	refuseErrors(results);
}

/** Statements a second of a Stoa that nobody asks anything. */
async function idleStatements({ stoa: { meter } }: Stage): Promise<number> {
	const before = await meter.count();
	await wait(IDLE_MS);
	return ((await meter.count()) - before) / (IDLE_MS / 1_000);
}

const progress = (cell: Cell, { stoa, floor, ratio }: CellResult, done: string): string =>
	`${done.padStart(5)}  ${nameOf(cell).padEnd(13)} Stoa ${perSecond(stoa)}/s, floor ${perSecond(floor)}/s: ${ratio.toFixed(3)}`;

function refuseErrors(results: readonly CellResult[]): void {
	const lines = results.flatMap(({ name, stoa, floor }) => [
		...(stoa.firstError === undefined ? [] : [`${name}, Stoa, ${stoa.errors} times, first: ${stoa.firstError}`]),
		...(floor.firstError === undefined ? [] : [`${name}, floor, ${floor.errors} times, first: ${floor.firstError}`]),
	]);
	if (lines.length > 0) throw new Error(`Answers that nobody expected:\n${lines.join("\n")}`);
}

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CONTROL_MS, planOf } from "../chaos/controls.ts";
import { describeFault, NAMES } from "../chaos/faults.ts";
import { CONTROLS } from "../chaos/mutations/controls.ts";
import type { Control } from "../chaos/mutations/controls.ts";
import { FAILPOINTS } from "../chaos/mutations/failpoints.ts";
import { Upstreams } from "../chaos/rig/upstreams.ts";
import type { BusKind } from "../chaos/rig/upstreams.ts";
import { runChaos } from "../chaos/run.ts";
import { requiredHits, scheduleOf } from "../chaos/schedule.ts";
import { violationsIn } from "../trial/judge.ts";
import { randomFrom } from "../trial/random.ts";

const REST_WITHIN_MS = 150_000;
const CONTROL_RESTS_WITHIN_MS = 20_000;

const OPTIONS = {
	minutes: { type: "string", default: "5" },
	seed: { type: "string", default: "1" },
	rate: { type: "string", default: "20" },
	bus: { type: "string", default: "rabbitmq" },
	control: { type: "string", multiple: true, default: [] as string[] },
	controls: { type: "boolean", default: false },
} as const;

/**
 * Runs a whole cluster on servers of its own under load, breaks everything in it, and checks every order, unit of
 * stock, cent and fact. `--control <name>` takes a safeguard away, which has to be noticed; `--controls` tries them all.
 */
export async function run(parameters: readonly string[]): Promise<void> {
	try {
		await chaos(parameters);
	} catch (error) {
		console.error((error as Error).message);
		process.exitCode = 1;
	}
	// Everything is stopped by now. Left to end by itself, Node 24 may turn for ever in its own clean-up (measured).
	process.exit();
}

async function chaos(parameters: readonly string[]): Promise<void> {
	const { values } = parseArgs({ args: [...parameters], options: OPTIONS });
	const setup = { seed: Number(values.seed), visitsPerSecond: Number(values.rate), interrupted: interruption() };
	const controls = values.controls ? CONTROLS : values.control.map(controlNamed);
	const folder = await mkdtemp(join(tmpdir(), "stoa-chaos-"));
	// The users that root hands the servers to have to pass.
	await chmod(folder, 0o755);
	const upstreams = await Upstreams.start(join(folder, "servers"), busOf(values.bus));
	try {
		if (controls.length === 0) await breakEverything(folder, upstreams, Number(values.minutes), setup);
		else await tryControls(folder, upstreams, controls, setup);
	} catch (error) {
		throw new Error(`${(error as Error).message} The evidence is kept in ${folder}`, { cause: error });
	} finally {
		await upstreams.stop();
	}
	await rm(folder, { recursive: true, force: true });
}

interface Setup {
	readonly seed: number;
	readonly visitsPerSecond: number;
	readonly interrupted: Promise<never>;
}

/** Without this the servers, which are processes of their own, would live on. */
function interruption(): Promise<never> {
	const { promise, reject } = Promise.withResolvers<never>();
	promise.catch(() => undefined);
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
		process.once(signal, () => reject(new Error(`Interrupted by ${signal}.`)));
	return promise;
}

async function breakEverything(folder: string, upstreams: Upstreams, minutes: number, setup: Setup): Promise<void> {
	const schedule = scheduleOf(minutes, randomFrom(setup.seed));
	console.log(`${schedule.length} faults in ${minutes} minutes, seed ${setup.seed}, ${upstreams.bus}, in ${folder}`);
	for (const { atMs, fault } of schedule)
		console.log(`  ${(atMs / 1_000).toFixed(1).padStart(7)} s  ${describeFault(fault)}`);
	const required = requiredHits(minutes);
	const verdicts = await runChaos({
		...{ ...setup, folder: join(folder, "shop"), namespace: "chaos", upstreams, schedule },
		mutations: FAILPOINTS.map(({ name }) => name),
		loadMs: minutes * 60_000,
		requiredHits: new Map(NAMES.map((name) => [name, required])),
		restWithinMs: REST_WITHIN_MS,
	});
	const violations = violationsIn(verdicts);
	if (violations > 0) throw new Error(`${violations} violations, seed ${setup.seed}.`);
	console.log(`Nothing was lost. Seed ${setup.seed}.`);
}

async function tryControls(
	folder: string,
	upstreams: Upstreams,
	controls: readonly Control[],
	setup: Setup,
): Promise<void> {
	const unnoticed: string[] = [];
	for (const control of controls) {
		console.log(`\nNegative control ${control.name}: ${control.meaning}`);
		if (!(await isNoticed(folder, upstreams, control, setup))) unnoticed.push(control.name);
		await upstreams.forgetDatabases();
	}
	if (unnoticed.length > 0)
		throw new Error(`Nothing noticed ${unnoticed.join(", ")}: what the invariants say is worth nothing.`);
	console.log(`Every missing safeguard was noticed: ${controls.map(({ name }) => name).join(", ")}.`);
}

async function isNoticed(folder: string, upstreams: Upstreams, control: Control, setup: Setup): Promise<boolean> {
	const verdicts = await runChaos({
		...{ ...setup, folder: join(folder, control.name), namespace: control.name, upstreams, ...planOf(control.name) },
		loadMs: CONTROL_MS,
		requiredHits: new Map(),
		restWithinMs: CONTROL_RESTS_WITHIN_MS,
	});
	const red = verdicts.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
	const isRight = red.includes(control.expected);
	console.log(
		`${isRight ? "Noticed" : "NOT NOTICED"}: ${control.name} turned ${red.join(", ") || "nothing"} red; expected ${control.expected}.`,
	);
	return isRight;
}

function controlNamed(name: string): Control {
	const control = CONTROLS.find((each) => each.name === name);
	if (control !== undefined) return control;
	throw new Error(`There is no negative control ${name}. There are: ${CONTROLS.map((each) => each.name).join(", ")}.`);
}

function busOf(name: string): BusKind {
	if (name === "rabbitmq" || name === "nats") return name;
	throw new Error(`--bus: is rabbitmq or nats, not ${name}.`);
}

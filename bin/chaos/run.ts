import { join } from "node:path";
import { History } from "../trial/history.ts";
import { judge } from "../trial/judge.ts";
import type { Verdict } from "../trial/judge.ts";
import { inbox } from "../trial/checks/facts.ts";
import { stock } from "../trial/checks/stock.ts";
import { providerBalances } from "../trial/provider-ledger.ts";
import { randomFrom } from "../trial/random.ts";
import { settled, unsettledIn } from "../trial/settled.ts";
import { FaultRunner } from "./fault-runner.ts";
import type { Planned } from "./faults.ts";
import { Load } from "./load/load.ts";
import { openStage, STAFF } from "./rig/stage.ts";
import type { Stage } from "./rig/stage.ts";
import type { Upstreams } from "./rig/upstreams.ts";
import { duplicatesIn, takeovers } from "./rig/witness.ts";
import { CHAOS_CHECKS } from "./verdict/checks.ts";
import type { ChaosEvidence } from "./verdict/checks.ts";
import { answeredOrders, recoveriesOf } from "./verdict/recovery.ts";
import { printSummary } from "./verdict/summary.ts";

const ANSWERED_WITHIN_MS = 90_000;
const SAMPLE_EVERY_MS = 1_000;
const PROGRESS_EVERY_MS = 10_000;

export interface RunOptions {
	readonly folder: string;
	readonly namespace: string;
	readonly upstreams: Upstreams;
	readonly mutations: readonly string[];
	readonly seed: number;
	readonly visitsPerSecond: number;
	/** How long the load lasts. */
	readonly loadMs: number;
	readonly schedule: readonly Planned[];
	readonly requiredHits: ReadonlyMap<string, number>;
	/** How long the shop may take to come to rest. */
	readonly restWithinMs: number;
	/** Fails when somebody ends the run early; what was started is stopped then. */
	readonly interrupted: Promise<never>;
}

/** One shop under load and faults, and what became of it. */
export async function runChaos(options: RunOptions): Promise<Verdict[]> {
	const { folder, upstreams, mutations, seed, namespace } = options;
	const startedMs = Date.now();
	const log = (line: string) => console.log(`[${((Date.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s] ${line}`);
	const onDeath = (name: string, how: string) => log(`  ${name} died: ${how}`);
	const stage = await openStage({ folder, namespace, upstreams, mutations, seed, onDeath });
	const history = new History(join(folder, "history.jsonl"));
	try {
		log("The shop serves.");
		return await Promise.race([underFire(options, stage, history, log), options.interrupted]);
	} finally {
		await stage.stop();
		history.close();
	}
}

type Log = (line: string) => void;

async function underFire(options: RunOptions, stage: Stage, history: History, log: Log): Promise<Verdict[]> {
	const { upstreams, seed, visitsPerSecond, loadMs, schedule } = options;
	const shop = { gateway: stage.gateway, history };
	const { productIds } = stage;
	const load = new Load({ shop, staff: STAFF, productIds, random: randomFrom(seed), visitsPerSecond });
	const faults = new FaultRunner({ stage, upstreams, log });
	const sightings: string[] = [];
	await load.start();
	const loadedMs = Date.now();
	const sampling = setInterval(() => void sample(stage, sightings), SAMPLE_EVERY_MS);
	const progress = setInterval(() => log(progressOf(history, load)), PROGRESS_EVERY_MS);

	await Promise.all([faults.run(schedule, loadedMs), new Promise((resolve) => setTimeout(resolve, loadMs))]);
	log("No more visits; every open one is brought to its end.");
	await stage.supervisor.allReady();
	await load.stop(ANSWERED_WITHIN_MS);
	clearInterval(progress);
	const evidence = await atRest(options, stage, history, faults, [...sightings, ...load.failures, ...faults.failures]);
	clearInterval(sampling);
	log("The shop rests, or should.");
	const verdicts = await judge(CHAOS_CHECKS, evidence);
	const { databases, readers } = stage;
	const services = readers.map(({ service }) => service);
	printSummary(evidence, {
		takeovers: await takeovers(databases),
		duplicates: await duplicatesIn(databases, services),
		faults: faults.happened,
	});
	return verdicts;
}

async function atRest(
	{ restWithinMs, requiredHits }: RunOptions,
	{ databases, readers, journal, tryRebuild }: Stage,
	history: History,
	faults: FaultRunner,
	sightings: readonly string[],
): Promise<ChaosEvidence> {
	const readings = readers.flatMap(({ consumers }) =>
		[...consumers].map(([consumer, events]) => ({ consumer, events })),
	);
	const recoveries = recoveriesOf(answeredOrders(history.entries()), faults.happened);
	const provider = providerBalances(journal);
	const hits = new Map(
		[...Map.groupBy(faults.happened, ({ name }) => name)].map(([name, each]) => [name, each.length]),
	);
	const evidence = {
		history,
		databases,
		provider,
		readings,
		recoveries,
		sightings,
		hits,
		requiredHits,
		tryRebuild,
		unsettled: [],
	};
	const open = async () => [...(await unsettledIn(databases)), ...(await inbox.violations(evidence)).slice(0, 3)];
	const unsettled = await settled(open, restWithinMs);
	return { ...evidence, provider: providerBalances(journal), unsettled };
}

/** Stock has to add up in every snapshot. While the database is away there is none. */
async function sample({ databases }: Stage, sightings: string[]): Promise<void> {
	const found = await stock.violations({ databases }).catch(() => []);
	sightings.push(...found);
}

function progressOf(history: History, load: Load): string {
	const orders = history.entries("order");
	const answered = orders.filter(({ status }) => status !== undefined);
	const by = Map.groupBy(answered, ({ status }) => String(status));
	const told = [...by].map(([status, each]) => `${each.length} × ${status}`).join(", ");
	return `${answered.length} orders answered (${told}), ${load.openVisits} visits open`;
}

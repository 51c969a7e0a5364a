import { setTimeout as wait } from "node:timers/promises";
import { describeFault, nameOf } from "./faults.ts";
import type { Fault, Planned, ProcessKind } from "./faults.ts";
import { arm, disarmAll, hitsIn } from "./mutations/failpoint.ts";
import type { Stage } from "./rig/stage.ts";
import type { Upstreams } from "./rig/upstreams.ts";

const FAILPOINT_WITHIN_MS = 60_000;
const CONNECTED_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 100;

/** One fault that happened, and when the machine was whole again; the program may need longer. */
export interface Happened {
	readonly name: string;
	readonly beganMs: number;
	readonly healedMs: number;
}

export interface FaultRunnerOptions {
	readonly stage: Stage;
	readonly upstreams: Upstreams;
	readonly log: (line: string) => void;
}

/** Lets planned faults happen at their time. Those of one target follow each other, others overlap. */
export class FaultRunner {
	readonly happened: Happened[] = [];
	/** Faults that could not be made, e.g. because a server did not come back. */
	readonly failures: string[] = [];
	readonly #options: FaultRunnerOptions;
	readonly #targets = new Map<string, Promise<void>>();

	constructor(options: FaultRunnerOptions) {
		this.#options = options;
	}

	/** Resolves when all have happened and are over. */
	async run(schedule: readonly Planned[], startedMs: number): Promise<void> {
		for (const { atMs, fault } of schedule) {
			await wait(Math.max(0, startedMs + atMs - Date.now()));
			this.#begin(fault);
		}
		await Promise.all(this.#targets.values());
		disarmAll(this.#options.stage.failpoints);
	}

	#begin(fault: Fault): void {
		const target = targetOf(fault);
		const before = this.#targets.get(target) ?? Promise.resolve();
		const next = before
			.then(() => this.#happen(fault))
			.catch((error: unknown) => void this.failures.push(`${describeFault(fault)}: ${String(error)}`));
		this.#targets.set(target, next);
	}

	async #happen(fault: Fault): Promise<void> {
		const { log } = this.#options;
		const beganMs = Date.now();
		log(`✗ ${describeFault(fault)}`);
		const isHit = await this.#make(fault);
		if (!isHit) {
			log(`· ${describeFault(fault)} was not reached`);
			return;
		}
		const healedMs = Date.now();
		this.happened.push({ name: nameOf(fault), beganMs, healedMs });
		log(`✓ ${describeFault(fault)}: whole again after ${((healedMs - beganMs) / 1_000).toFixed(1)} s`);
	}

	/** @returns whether it happened, once the machine is whole again */
	async #make(fault: Fault): Promise<boolean> {
		const { stage, upstreams } = this.#options;
		switch (fault.kind) {
			case "kill":
				await stage.supervisor.kill(fault.victim, fault.index);
				return true;
			case "sigterm":
				await stage.supervisor.terminate(fault.victim, fault.index);
				return true;
			case "stall":
				await stage.supervisor.stall(fault.victim, fault.index, fault.forMs);
				return true;
			case "postgres-crash":
				await upstreams.crash("postgres", "SIGQUIT", fault.downMs);
				return true;
			case "broker-kill":
				await upstreams.crash("broker", "SIGKILL", fault.downMs);
				return true;
			case "redis-kill":
				await upstreams.crash("redis", "SIGKILL", fault.downMs);
				return true;
			case "redis-pause":
				await upstreams.pause("redis", fault.forMs);
				return true;
			case "reset":
				return reset(upstreams, fault);
			case "black-hole":
				await blackHole(upstreams, fault);
				return true;
			case "latency":
				await slow(upstreams, fault);
				return true;
			case "failpoint":
				return this.#dieAt(fault.point, fault.victim);
		}
	}

	async #dieAt(point: string, victim?: ProcessKind): Promise<boolean> {
		const { stage } = this.#options;
		const hits = () => hitsIn(stage.failpoints).filter((hit) => hit.point === point).length;
		const before = hits();
		arm(stage.failpoints, point, victim);
		const endMs = Date.now() + FAILPOINT_WITHIN_MS;
		while (hits() === before) {
			if (Date.now() > endMs) return false;
			await wait(ASK_EVERY_MS);
		}
		await stage.supervisor.allReady();
		return true;
	}
}

/** What two faults at once would mean nothing to. */
function targetOf(fault: Fault): string {
	switch (fault.kind) {
		case "kill":
		case "sigterm":
		case "stall":
			return `${fault.victim} ${fault.index}`;
		case "postgres-crash":
			return "postgres";
		case "broker-kill":
			return "broker";
		case "redis-pause":
		case "redis-kill":
			return "redis";
		case "reset":
		case "black-hole":
		case "latency":
			return fault.upstream;
		case "failpoint":
			return fault.point;
	}
}

/** Just after another fault there may be no connection to cut yet. */
async function reset(upstreams: Upstreams, { upstream }: Fault & { kind: "reset" }): Promise<boolean> {
	const endMs = Date.now() + CONNECTED_WITHIN_MS;
	while (upstreams.proxy(upstream).reset() === 0) {
		if (Date.now() > endMs) return false;
		await wait(ASK_EVERY_MS);
	}
	return true;
}

async function blackHole(upstreams: Upstreams, { upstream, forMs }: Fault & { kind: "black-hole" }): Promise<void> {
	const proxy = upstreams.proxy(upstream);
	proxy.swallow();
	await wait(forMs);
	proxy.flow();
}

async function slow(upstreams: Upstreams, { upstream, forMs, delayMs }: Fault & { kind: "latency" }): Promise<void> {
	const proxy = upstreams.proxy(upstream);
	proxy.latencyMs = delayMs;
	await wait(forMs);
	proxy.latencyMs = 0;
}

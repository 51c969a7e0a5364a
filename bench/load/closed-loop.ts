import { setTimeout as wait } from "node:timers/promises";
import { Connection } from "./connection.ts";
import type { Reply } from "./connection.ts";
import type { Target } from "./request.ts";

/** The requests of one subject, and which answers are right. */
export interface Script {
	/** @param lane which of the connections asks */
	readonly next: (lane: number) => string;
	readonly expected: number;
	/** The server may also say that it is full: such an answer is counted apart, and its Retry-After kept. */
	readonly refusal?: number;
}

export interface Failure {
	readonly status: number;
	readonly body: string;
}

/** What a slice of load has seen. */
export interface Slice {
	/** From the first request until the last answer. */
	readonly elapsedMs: number;
	/** Of each answer as expected. */
	readonly latenciesMs: number[];
	readonly refused: number;
	/** Answers that nobody expected, each with what it said. */
	readonly failures: Failure[];
}

/**
 * Keeps so many connections busy for a while: each sends its next request when the last one is answered.
 *
 * @throws when a connection cannot be opened, or breaks
 */
export async function closedLoop(
	target: Target,
	connections: number,
	durationMs: number,
	script: Script,
): Promise<Slice> {
	const opened = await Promise.all(
		Array.from({ length: connections }, () => Connection.open(target.host, target.port)),
	);
	try {
		const tally = new Tally(script);
		const startedMs = performance.now();
		const untilMs = startedMs + durationMs;
		await Promise.all(opened.map((connection, lane) => drive(connection, lane, untilMs, script, tally)));
		const { latenciesMs, refused, failures } = tally;
		return { elapsedMs: performance.now() - startedMs, latenciesMs, refused, failures };
	} finally {
		for (const connection of opened) connection.close();
	}
}

async function drive(connection: Connection, lane: number, untilMs: number, { next }: Script, tally: Tally) {
	while (performance.now() < untilMs) {
		const request = next(lane);
		const sentMs = performance.now();
		const reply = await connection.send(request);
		const answeredMs = performance.now();
		const pauseMs = tally.count(reply, answeredMs - sentMs);
		if (answeredMs + pauseMs >= untilMs) return;
		if (pauseMs > 0) await wait(pauseMs);
	}
}

class Tally {
	readonly latenciesMs: number[] = [];
	refused = 0;
	readonly failures: Failure[] = [];
	readonly #script: Script;

	constructor(script: Script) {
		this.#script = script;
	}

	/** @returns how long to wait before the next request of this connection */
	count({ status, head, body }: Reply, latencyMs: number): number {
		if (status === this.#script.expected) {
			this.latenciesMs.push(latencyMs);
			return 0;
		}
		if (status === this.#script.refusal) {
			this.refused += 1;
			return Number(/\r\nretry-after: *(\d+)/i.exec(head)?.[1] ?? 1) * 1_000;
		}
		this.failures.push({ status, body: body.toString() });
		return 0;
	}
}

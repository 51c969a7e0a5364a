import { setTimeout as wait } from "node:timers/promises";
import type { Refusal } from "../../services/contracts/problem.ts";
import { ChangeRefused } from "../aggregate.mixin.ts";
import type { Queryable } from "../sql/database.ts";
import { FenceLost, Parked } from "./saga.ts";
import type { Outcome, SagaDefinition, SagaRun } from "./saga.ts";
import { finishSaga, parkSaga, turnBack } from "./saga-store.ts";

const FIRST_BACKOFF_MS = 100;
const LONGEST_INLINE_BACKOFF_MS = 1_000;
/** After this many faults in a row the owner lets go, and the row's next run is put off. */
const INLINE_TRIES = 6;
const LONGEST_BACKOFF_MS = 60_000;
/** What was refused for good may change its mind, but hardly within the minute. */
const LONGEST_AFTER_REFUSAL_MS = 3_600_000;
/** A node that is not known, or not allowed: nothing is decided about what it asked for. */
const OF_THE_CALLER: readonly number[] = [401, 403];

export interface Driver {
	readonly db: Queryable;
	/** `this` of the steps. */
	readonly service: unknown;
	readonly now: () => number;
	/** Aborted when the node stops: waits end, and the next owner goes on. */
	readonly signal: AbortSignal;
}

type Definition = SagaDefinition<unknown, unknown, object>;
type Run = SagaRun;

/**
 * Runs a saga from its first step to its end, or undoes it. A refusal turns it back; a fault is tried again with
 * growing pauses; a deadline that passes before the pivot counts as a refusal.
 *
 * @throws FenceLost when another owner has taken over: then nothing more may be written
 */
export async function drive(driver: Driver, definition: Definition, run: Run): Promise<Outcome> {
	try {
		const refusal = run.state === "compensating" ? run.refusal : await forward(driver, definition, run);
		if (refusal === null) return await finished(driver, run);

		await backward(driver, definition, run, refusal);
		return { kind: "refused", refusal };
	} catch (error) {
		if (!(error instanceof Parked)) throw error;
		// Attempts count faults in a row: a saga that could go on until it waits is in no trouble.
		if (error.reason === undefined) run.attempts = 0;
		await parkSaga(driver.db, run, error.untilMs, error.reason && String(error.reason));
		return { kind: "waiting" };
	}
}

/** @returns the refusal that stopped it, or null when every step is done */
async function forward(driver: Driver, definition: Definition, run: Run): Promise<Refusal | null> {
	const giveUp = () => (isOverdue(driver, run) ? (definition.overdue?.(run) ?? null) : null);

	for (const [index, step] of definition.steps.entries()) {
		run.reached = Math.max(run.reached, index + 1);
		run.step = step.name;
		const refusal = await persist(driver, run, () => step.run.call(driver.service, run), giveUp);
		if (refusal !== null && definition.refused === undefined)
			throw putOff(driver, run, refusedFor(refusal), LONGEST_AFTER_REFUSAL_MS);
		if (refusal !== null) return refusal;
	}
	return null;
}

const isOverdue = ({ now }: Driver, { state, deadlineMs }: Run): boolean =>
	state === "running" && deadlineMs !== null && now() > deadlineMs;

const refusedFor = ({ type, message }: Refusal): Error => new Error(`refused: ${type} ${message}`);

async function backward(driver: Driver, definition: Definition, run: Run, refusal: Refusal): Promise<void> {
	if (run.state !== "compensating" && !(await turnBack(driver.db, run, refusal))) throw new FenceLost(run.id);
	Object.assign(run, { state: "compensating", refusal });

	for (const step of definition.steps.slice(0, run.reached).reverse()) {
		run.step = `undo ${step.name}`;
		await insist(driver, run, async () => step.undo?.call(driver.service, run));
	}
	run.step = "refuse";
	await insist(driver, run, async () => definition.refused?.call(driver.service, run, refusal));
	await finished(driver, run);
}

/** Compensation cannot be refused: whatever goes wrong, it is tried again. */
async function insist(driver: Driver, run: Run, work: () => Promise<unknown>): Promise<void> {
	const refusal = await persist(driver, run, work, () => null);
	if (refusal !== null) throw putOff(driver, run, refusedFor(refusal), LONGEST_AFTER_REFUSAL_MS);
}

/** Tries until the work is done (null), refused, or given up by `giveUp`; lets go after too many faults. */
async function persist(
	driver: Driver,
	run: Run,
	work: () => Promise<unknown>,
	giveUp: () => Refusal | null,
): Promise<Refusal | null> {
	for (let tries = 1; ; tries++) {
		const failure = await attempt(work);
		if (failure === null) return null;
		if (isRefusal(failure)) return failure;

		const given = giveUp();
		if (given !== null) return given;
		if (tries === INLINE_TRIES || driver.signal.aborted) throw putOff(driver, run, failure);
		await pause(driver, Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), LONGEST_INLINE_BACKOFF_MS));
	}
}

async function attempt(work: () => Promise<unknown>): Promise<Error | null> {
	try {
		await work();
		return null;
	} catch (error) {
		if (error instanceof ChangeRefused) throw new FenceLost(error.message);
		if (error instanceof FenceLost || error instanceof Parked) throw error;
		return error as Error;
	}
}

/** A definite no, as opposed to a fault; errors keep these fields over a transporter, not their class. */
function isRefusal(error: Error): error is Error & Refusal {
	const { code, type, retryable } = error as Error & Partial<Refusal> & { retryable?: boolean };
	if (retryable !== false || type === undefined || code === undefined) return false;
	return code >= 400 && code < 500 && !OF_THE_CALLER.includes(code);
}

function putOff(driver: Driver, run: Run, cause: Error, longestMs = LONGEST_BACKOFF_MS): Parked {
	run.attempts += 1;
	const backoffMs = Math.min(1_000 * 2 ** Math.min(run.attempts, 12), longestMs);
	return new Parked(driver.now() + backoffMs, cause);
}

async function pause({ signal }: Driver, delayMs: number): Promise<void> {
	await wait(delayMs, undefined, { signal }).catch(() => undefined);
}

async function finished({ db }: Driver, run: Run): Promise<Outcome> {
	if (run.state !== "done" && !(await finishSaga(db, run))) throw new FenceLost(run.id);
	run.state = "done";
	return { kind: "done" };
}

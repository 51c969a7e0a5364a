import { randomUUID } from "node:crypto";
import { defineError } from "../../services/contracts/errors.ts";
import type { CountersDatabase } from "../counters.fixture.ts";
import { statement } from "../sql/database.ts";
import type { Queryable } from "../sql/database.ts";
import type { Driver } from "./driver.ts";
import type { NewSaga, SagaDefinition, SagaRun } from "./saga.ts";
import { sagaRows, startSagas } from "./saga-store.ts";

export const STEPS = ["reserve", "authorize", "confirm", "capture"] as const;

export const Declined = defineError<{ reason: string }>("DECLINED", 402, "The bank said no. Pay in another way.");
export const Overdue = defineError("OVERDUE", 503, "The bank did not answer in time.");

type Definition = SagaDefinition<unknown, unknown, object>;
type Behaviour = (run: SagaRun) => unknown;

/** What happens in a step, an undo (`undo confirm`) or the end (`refused`), instead of nothing. */
export type Behaviours = Readonly<Record<string, Behaviour>>;

/** A saga of four steps that writes down what it does. */
export function tracedSaga(log: string[], behaviours: Behaviours = {}): Definition {
	const done = async (what: string, run: SagaRun) => {
		log.push(what);
		await behaviours[what]?.(run);
	};
	return {
		type: "traced",
		steps: STEPS.map((name) => ({
			name,
			run: (run: SagaRun) => done(name, run),
			undo: (run: SagaRun) => done(`undo ${name}`, run),
		})),
		refused: (run) => done("refused", run),
		overdue: () => new Overdue(),
	};
}

/** Fails so many times, then lets pass. */
export function failing(times: number, error: Error = new Error("a fault")): Behaviour {
	let left = times;
	return () => {
		left -= 1;
		if (left >= 0) throw error;
	};
}

export const always = (error: Error): Behaviour => failing(Infinity, error);

const START = statement("spec.startSaga", `with saved as (select 1) ${startSagas("$1")}`);

/** Stores a saga for the owner `a`, as the change that starts one does. */
export async function startSaga(db: Queryable, options: Partial<NewSaga> = {}): Promise<SagaRun> {
	const started = {
		id: randomUUID(),
		type: "traced",
		subjectId: randomUUID(),
		data: { cents: 100 },
		deadlineMs: null,
		correlationId: "request-1",
		...options,
	};
	await db.query(START, [sagaRows(started, "a")]);
	return { ...started, fence: 1, state: "running", refusal: null, attempts: 0, reached: 0, memory: {} };
}

export const driverOn = (db: Queryable, options: Partial<Driver> = {}): Driver => ({
	db,
	service: undefined,
	now: () => Date.now(),
	signal: new AbortController().signal,
	...options,
});

export interface SagaRow {
	readonly state: string;
	readonly owner: string;
	readonly fence: string;
	readonly attempts: number;
	readonly refusal: object | null;
	readonly last_error: string | null;
	readonly needs_attention: boolean;
	readonly finished_at: Date | null;
	readonly next_run_at: Date;
	/** Of the lease. */
	readonly left_ms: number;
}

export async function sagaRow(database: CountersDatabase, id: string): Promise<SagaRow> {
	const text = "select *, extract(epoch from lease_until - now())::float * 1000 as left_ms from sagas where id = $1";
	const [row] = await database.rows<SagaRow>(text, [id]);
	if (row === undefined) throw new Error(`There is no saga ${id}.`);
	return row;
}

/** As if its owner had died long ago, or the moment it waits for had come. */
export const expire = (database: CountersDatabase, id: string): Promise<unknown> =>
	database.rows("update sagas set lease_until = now() - interval '1 ms', next_run_at = now() where id = $1", [id]);

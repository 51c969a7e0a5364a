import { z } from "zod";
import { freshDatabase } from "../test/support/database.ts";
import { defineError } from "../services/contracts/errors.ts";
import { defineEvent } from "../services/contracts/event.ts";
import type { AggregateMethods, Change, Decision, Repository } from "./aggregate.mixin.ts";
import type { StoaService } from "./define-service.ts";
import { INBOX_TABLES } from "./events/inbox.ts";
import { announce, OUTBOX_TABLES } from "./events/outbox.ts";
import type { OutboxMethods } from "./events/outbox.ts";
import { OPERATIONS_TABLES } from "./operations.ts";
import { SAGA_TABLES } from "./saga/saga-store.ts";
import type { SagaMethods } from "./saga.mixin.ts";
import { openDatabase, statement } from "./sql/database.ts";
import type { Database, Queryable, Statement } from "./sql/database.ts";
import type { SqlMethods } from "./sql.mixin.ts";

/** The least aggregate that needs all of the mixins: it counts up to its limit and tells each step. */
export interface Counter {
	readonly id: string;
	readonly value: number;
	readonly limit: number;
	readonly version: number;
}

/** Must be there for a change that rides on it, and keeps its note. */
export interface Ticket {
	readonly id: string;
	readonly note: string;
}

export const CounterRaised = defineEvent("counter.raised", 1, {
	summary: "A counter went up by one.",
	aggregate: ["counter", "counterId"],
	body: { counterId: z.uuid(), value: z.int() },
});

export const LimitReached = defineError("LIMIT_REACHED", 409, "The counter is at its limit. Use another one.");
export const CounterNotFound = defineError("COUNTER_NOT_FOUND", 404, "There is no such counter. Check the id.");

const timestamp = "2026-01-02T03:04:05.000Z";
const raised = (counterId: string, value: number) => CounterRaised.of({ counterId, value, timestamp });

/** One fact for each step, so that a change may have none, one or several. */
export const raise =
	(steps = 1) =>
	(counter: Counter): Decision<Counter> => {
		const value = counter.value + steps;
		if (value > counter.limit) throw new LimitReached();
		const events = Array.from({ length: steps }, (_, step) => raised(counter.id, counter.value + step + 1));
		return { state: { ...counter, value, version: counter.version + 1 }, events };
	};

export const newCounter = (id: string, limit = 1_000): Decision<Counter> => ({
	state: { id, value: 0, limit, version: 1 },
	events: [raised(id, 0)],
});

const COUNTER_TABLES = `
	create table counters (
		id uuid primary key,
		value integer not null,
		"limit" integer not null,
		version integer not null,
		announced integer not null default 0
	);
	create table tickets (id text primary key, note text);
`;

const LOCK = statement<Counter>(
	"counters.lock",
	`select id, value, "limit", version from counters where id = $1 for update`,
);

const INSERT = statement<{ ok: number }>(
	"counters.insert",
	`with saved as (
		insert into counters (id, value, "limit", version, announced) values ($1, $2, $3, $4, $5)
		on conflict (id) do nothing returning id, announced
	), announced as (${announce("$6")}
	)
	select 1 as ok from saved`,
);

const UPDATE = statement<{ ok: number }>(
	"counters.update",
	`with held as (
		select id from tickets where id = $6::text for update
	), saved as (
		update counters set value = $3, version = $4, announced = announced + $5
		where id = $1 and version = $2 and ($6::text is null or exists (select from held))
		returning id, announced
	), noted as (
		update tickets set note = $7 from saved where tickets.id = $6::text
	), announced as (${announce("$8")}
	)
	select 1 as ok from saved`,
);

type CounterChange = Change<Counter, Decision<Counter>, Ticket>;

export const counterRepository: Repository<Counter, Decision<Counter>, Ticket> = {
	lock: async (tx, id) => (await tx.query(LOCK, [id]))[0],
	save: (tx, change) => (change.before === undefined ? insert(tx, change) : update(tx, change.before, change)),
	missing: () => new CounterNotFound(),
};

async function insert(tx: Queryable, { decision: { state, events }, outbox }: CounterChange): Promise<boolean> {
	const values = [state.id, state.value, state.limit, state.version, events.length, outbox];
	return (await tx.query(INSERT, values)).length > 0;
}

async function update(tx: Queryable, before: Counter, { decision, outbox, rider }: CounterChange): Promise<boolean> {
	const { state, events } = decision;
	const ticket = [rider?.id ?? null, rider?.note ?? null];
	const values = [state.id, before.version, state.value, state.version, events.length, ...ticket, outbox];
	return (await tx.query(UPDATE, values)).length > 0;
}

export type Counters = StoaService &
	SqlMethods &
	OutboxMethods &
	SagaMethods &
	AggregateMethods<Counter, Decision<Counter>, Ticket>;

export interface CountersDatabase {
	readonly url: string;
	/** A connection of the test's own. */
	readonly db: Database;
	/** Rows of any statement. */
	rows<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
	/** Closes the connection and drops the database. */
	close(): Promise<void>;
}

/** A database with every table a mixin needs, and the counters'. */
export async function countersDatabase(): Promise<CountersDatabase> {
	const fresh = await freshDatabase();
	const db = openDatabase({ url: fresh.url, applicationName: "spec", poolSize: 4 });
	const rows = <Row>(text: string, values?: readonly unknown[]) => db.query(unprepared<Row>(text), values);
	for (const table of `${COUNTER_TABLES}${OUTBOX_TABLES}${INBOX_TABLES}${OPERATIONS_TABLES}${SAGA_TABLES}`.split(";"))
		await rows(table);
	const close = async () => {
		await db.close();
		await fresh.drop();
	};
	return { url: fresh.url, db, rows, close };
}

const unprepared = <Row>(text: string): Statement<Row> => statement<Row>("", text);

/** The database of a service, writing down the name of each statement. */
export function watched(db: Database, names: string[]): Database {
	const watch = (on: Queryable): Queryable => ({
		query(wanted, values) {
			names.push(wanted.name);
			return on.query(wanted, values);
		},
	});
	const outside = watch(db);
	return {
		query: (wanted, values) => outside.query(wanted, values),
		transaction: (work) => db.transaction((tx) => work({ ...tx, ...watch(tx) })),
		stats: () => db.stats(),
		close: () => db.close(),
	};
}

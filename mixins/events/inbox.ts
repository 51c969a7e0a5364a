import type { Message } from "../../services/contracts/event.ts";
import { statement } from "../sql/database.ts";
import type { Queryable, Statement } from "../sql/database.ts";
import { purging } from "../sql/purge.ts";
import type { Delivery } from "./bus.ts";
import { MalformedMessage } from "./fact.ts";

/** Waits before the tries after the first; a message that failed them all is a dead letter. */
export const RETRY_AFTER_MS: readonly number[] = [1_000, 10_000, 60_000, 600_000];

/** Of its own, for databases whose inbox is older than this index. */
export const DEAD_LETTERS_INDEX = `
	create index if not exists inbox_dead on inbox (dead_at, consumer collate "C", message_id) where dead_at is not null;
`;

export const INBOX_TABLES = `
	create table inbox (
		consumer text not null,
		message_id uuid not null,
		position bigint generated always as identity,
		message json,
		attempts integer not null default 0,
		next_attempt_at timestamptz not null default now(),
		last_error text,
		processed_at timestamptz,
		dead_at timestamptz,
		primary key (consumer, message_id)
	);
	create index inbox_pending on inbox (next_attempt_at, position) where processed_at is null and dead_at is null;
	create index inbox_processed on inbox (processed_at) where processed_at is not null;
	${DEAD_LETTERS_INDEX}
`;

/** The condition of messages that wait or are dead, in the words of the indexes that hold just these. */
export const UNHANDLED = "((processed_at is null and dead_at is null) or dead_at is not null)";

export interface Queued {
	readonly consumer: string;
	readonly message: Message;
	readonly attempts: number;
}

const ACCEPT = statement(
	"inbox.accept",
	`insert into inbox (consumer, message_id, message)
	select consumer, (message ->> 'id')::uuid, message
	from json_to_recordset($1::json) as delivery (consumer text, message json)
	on conflict (consumer, message_id) do nothing`,
);

const DUE = statement<Queued>(
	"inbox.due",
	`select consumer, message, attempts from inbox
	where processed_at is null and dead_at is null and next_attempt_at <= now()
	order by next_attempt_at, position limit 100`,
);

const PROCESS = statement<{ id: string }>(
	"inbox.process",
	// Not flushed to disk at once: this table is the queue, so what a crash of the database forgets is still in it.
	`with relaxed as (select set_config('synchronous_commit', 'off', true))
	update inbox set processed_at = now(), message = null from relaxed
	where consumer = $1 and message_id = any((select $2::uuid[])::uuid[]) and processed_at is null and dead_at is null
	returning message_id as id`,
);

/** In one order everywhere, so that two readers of the same messages never wait for each other in a circle. */
const RECEIVE = statement<{ id: string }>(
	"inbox.receive",
	`insert into inbox (consumer, message_id, processed_at)
	select $1, id, now() from unnest($2::uuid[]) as message (id) order by id
	on conflict (consumer, message_id) do nothing returning message_id as id`,
);

const BURY = statement(
	"inbox.bury",
	`insert into inbox (consumer, message_id, message, last_error, attempts, dead_at)
	values ($1, $2, $3, $4, ${RETRY_AFTER_MS.length + 1}, now())
	on conflict (consumer, message_id) do nothing`,
);

const FAIL = statement(
	"inbox.fail",
	`update inbox set attempts = attempts + 1, last_error = $3,
		next_attempt_at = now() + coalesce($4::double precision, 0) * interval '1 ms',
		dead_at = case when $4::double precision is null then now() end
	where consumer = $1 and message_id = $2 and processed_at is null and dead_at is null`,
);

/** What was processed two weeks ago will not come again: TikTok, the longest, repeats for 72 h. */
export const PURGE_INBOX = purging("inbox.purge", "inbox", "where processed_at < now() - interval '14 days'");

export async function acceptDeliveries(db: Queryable, deliveries: readonly Delivery[]): Promise<void> {
	await db.query(ACCEPT, [JSON.stringify(deliveries)]);
}

export const dueDeliveries = (db: Queryable): Promise<Queued[]> => db.query(DUE);

/** Notes messages of one consumer as handled by this transaction. @returns those that were not handled before */
export type Mark = (tx: Queryable, consumer: string, messages: readonly Message[]) => Promise<Message[]>;

const marking =
	(mark: Statement<{ id: string }>): Mark =>
	async (tx, consumer, messages) => {
		const fresh = new Set((await tx.query(mark, [consumer, messages.map(({ id }) => id)])).map(({ id }) => id));
		// The same message may be among them twice.
		return messages.filter(({ id }) => fresh.delete(id));
	};

/** For messages that wait in the inbox. */
export const markProcessed = marking(PROCESS);

/** For messages that a broker delivered. */
export const markReceived = marking(RECEIVE);

/** Files a message that a broker gave up on among the dead letters. */
export async function bury(db: Queryable, { consumer, message }: Delivery, error: string): Promise<void> {
	await db.query(BURY, [consumer, message.id, JSON.stringify(message), error.slice(0, 1000)]);
}

/** Puts a message off, or among the dead letters when its tries are used up. */
export async function markFailed(db: Queryable, { consumer, message, attempts }: Queued, error: unknown) {
	const retryAfterMs = error instanceof MalformedMessage ? null : (RETRY_AFTER_MS[attempts] ?? null);
	await db.query(FAIL, [consumer, message.id, String(error).slice(0, 1000), retryAfterMs]);
	return { isDead: retryAfterMs === null };
}

import type { DeadLetterPlace } from "../../services/contracts/operations.ts";
import { statement } from "../sql/database.ts";
import type { Queryable } from "../sql/database.ts";

/** A dead letter as its owner stores it. */
export interface DeadLetterRow {
	readonly consumer: string;
	readonly event: string;
	readonly messageId: string;
	readonly aggregate: { readonly type: string; readonly id: string };
	readonly error: string;
	readonly attempts: number;
	/** ISO 8601 in microseconds: as exact as the order of the list. */
	readonly since: string;
	readonly body: unknown;
}

const LIST = statement<DeadLetterRow>(
	"inbox.deadLetters",
	`select consumer, message ->> 'name' as event, message_id as "messageId",
		json_build_object('type', message ->> 'aggregateType', 'id', message ->> 'aggregateId') as aggregate,
		coalesce(last_error, '') as error, attempts, message -> 'data' as body,
		to_char(dead_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since
	from inbox
	where dead_at is not null
		and ($1::timestamptz is null or (dead_at, consumer collate "C", message_id) < ($1, $2, $3::uuid))
	order by dead_at desc, consumer collate "C" desc, message_id desc limit $4`,
);

const REPLAY = statement<{ ok: number }>(
	"inbox.replay",
	`update inbox set dead_at = null, attempts = 0, next_attempt_at = now()
	where consumer = $1 and message_id = $2 and dead_at is not null returning 1 as ok`,
);

const DISCARD = statement<{ ok: number }>(
	"inbox.discard",
	// The row stays as handled, so that a copy that comes late finds it.
	`update inbox set dead_at = null, processed_at = now(), message = null
	where consumer = $1 and message_id = $2 and dead_at is not null returning 1 as ok`,
);

export interface DeadLetterKey {
	readonly consumer: string;
	readonly messageId: string;
}

/** @param after the last one seen; null begins with the newest */
export function deadLetters(db: Queryable, after: DeadLetterPlace | null, limit: number): Promise<DeadLetterRow[]> {
	return db.query(LIST, [after?.since ?? null, after?.consumer ?? null, after?.messageId ?? null, limit]);
}

/** Makes a dead letter pending again, due now and with all its tries. @returns false when it is not dead (any more) */
export async function replay(db: Queryable, { consumer, messageId }: DeadLetterKey): Promise<boolean> {
	return (await db.query(REPLAY, [consumer, messageId])).length > 0;
}

/** Gives a dead letter up. @returns false when it is not dead (any more) */
export async function discard(db: Queryable, { consumer, messageId }: DeadLetterKey): Promise<boolean> {
	return (await db.query(DISCARD, [consumer, messageId])).length > 0;
}

import type { Context } from "moleculer";
import { IdempotencyKeyInUse, IdempotencyKeyReused } from "../services/contracts/errors.ts";
import type { Meta, Operation, Replay } from "../services/contracts/meta.ts";
import { statement } from "./sql/database.ts";
import type { Database, Queryable, Transaction } from "./sql/database.ts";
import { purge, purging } from "./sql/purge.ts";
import type { SqlMethods } from "./sql.mixin.ts";
import type { Chore } from "./upkeep.mixin.ts";

export const OPERATIONS_TABLES = `
	create table operations (
		key text primary key,
		fingerprint text not null,
		status smallint,
		body text,
		created_at timestamptz not null default now()
	);
	create index operations_age on operations (created_at);
`;

interface Row {
	readonly fingerprint: string;
	readonly status: number | null;
	readonly body: string | null;
}

const CLAIM = statement<{ ok: number }>(
	"operations.claim",
	"insert into operations (key, fingerprint) values ($1, $2) on conflict (key) do nothing returning 1 as ok",
);
const FIND = statement<Row>("operations.find", "select fingerprint, status, body from operations where key = $1");
const COMPLETE = statement(
	"operations.complete",
	"update operations set status = $2, body = $3 where key = $1 and status is null",
);
const PURGE = purging(
	"operations.purge",
	"operations",
	"where created_at < now() - interval '7 days' order by created_at",
);

const REUSED = { errors: [{ path: "Idempotency-Key", message: "was sent with another body before" }] };

/** An operation with a key: without one, each request is its own. */
export type KeyedOperation = Operation & { readonly key: string; readonly fingerprint: string };

/** The operation of a request that named an Idempotency-Key. Read it first: nested calls overwrite meta. */
export function operationOf({ meta: { operation } }: { meta: Meta }): KeyedOperation | undefined {
	return operation?.key === undefined ? undefined : (operation as KeyedOperation);
}

/** Takes an operation for this request; false when a request with the same key came before. */
export async function claim(tx: Queryable, { key, fingerprint }: KeyedOperation): Promise<boolean> {
	return (await tx.query(CLAIM, [key, fingerprint])).length > 0;
}

/** Keeps the answer of an operation; the first answer stays. */
export async function complete(db: Queryable, key: string, status: number, body: string): Promise<void> {
	await db.query(COMPLETE, [key, status, body]);
}

/**
 * The stored answer of an operation that was claimed before.
 *
 * @throws IdempotencyKeyReused when it was another request, IdempotencyKeyInUse while the first still runs
 */
export async function replayOf(db: Queryable, { key, fingerprint }: KeyedOperation): Promise<Replay> {
	const [row] = await db.query(FIND, [key]);
	if (row !== undefined && row.fingerprint !== fingerprint) throw new IdempotencyKeyReused(REUSED);
	if (row?.status == null || row.body === null) throw new IdempotencyKeyInUse({ retryAfterSeconds: 1 });
	return { key, status: row.status, body: row.body };
}

/** Answers with a stored result: the gateway sends its bytes, other callers get its value. */
export function replay<T>(ctx: Context<unknown, Meta>, stored: Replay): T {
	ctx.meta.$replay = stored;
	return JSON.parse(stored.body) as T;
}

/**
 * Runs a command of one transaction once per Idempotency-Key: the claim, the effect and the answer
 * commit together, so a repeated key finds either nothing or the whole answer.
 *
 * @param status of success, stored for the replay
 */
export async function once<T>(
	db: Database,
	ctx: Context<unknown, Meta>,
	status: number,
	work: (tx: Transaction) => Promise<T>,
): Promise<T> {
	const operation = operationOf(ctx);
	if (operation === undefined) return db.transaction(work);

	const outcome = await db.transaction(async (tx) => {
		if (!(await claim(tx, operation))) return { stored: await replayOf(tx, operation) };

		const result = await work(tx);
		await complete(tx, operation.key, status, JSON.stringify(result));
		return { result };
	});
	return outcome.stored === undefined ? outcome.result : replay(ctx, outcome.stored);
}

/** Forgets answers after seven days; the promise is twenty-four hours. */
export const forgetAnswers: Chore<SqlMethods> = {
	name: "forget old answers",
	everyMs: 60_000,
	work: ({ db }) => purge(db, PURGE),
};

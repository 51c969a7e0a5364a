import { statement } from "../../../mixins/sql/database.ts";
import type { Database, Queryable } from "../../../mixins/sql/database.ts";
import { minorFromDecimal } from "../../contracts/money.ts";
import type { Finding } from "../../contracts/integrity.ts";
import type { BookedPayment, Difference } from "../domain/reconciliation.ts";
import type { Window } from "../providers/provider.ts";

type Row = Omit<BookedPayment, "amountCents"> & { readonly amount: string };

/** A payment of which something stands. */
export interface StandingPayment {
	/** Null for one that is known to the provider alone. */
	readonly paymentId: string | null;
	/** The provider's name of it; without one it cannot be looked at. */
	readonly reference: string;
}

const PAGE = 200;
const BOOKED = `id, reference, status, amount::text, currency,
	(select coalesce(sum(amount_cents), 0)::float8 from transfers
		where payment_id = payments.id and refund_id is null) as "bookedCents",
	(select coalesce(sum(amount_cents), 0)::float8 from refunds join transfers on transfers.refund_id = refunds.id
		where refunds.payment_id = payments.id and transfers.payment_id = payments.id) as "bookedBackCents"`;

const OF_IDS = statement<Row>("reconciliation.ofIds", `select ${BOOKED} from payments where id = any($1::uuid[])`);
const OF_WINDOW = statement<Row>(
	"reconciliation.ofWindow",
	`select ${BOOKED} from payments
	where created_at >= $1 and created_at < $2 and ($3::uuid is null or id > $3) order by id limit ${PAGE}`,
);
/** What moves may still be another there than here. */
const MOVING = statement<{ id: string }>(
	"reconciliation.moving",
	`select id from payments where id = any($1::uuid[]) and (updated_at >= $2 or exists (
		select from refunds where payment_id = payments.id and refunds.status = 'pending'))`,
);
const TELL = statement(
	"reconciliation.tell",
	`insert into provider_differences (kind, subject, detail, seen_at)
	select difference.kind, difference.subject, difference.detail, $2
	from json_to_recordset($1::json) as difference (kind text, subject text, detail text)
	on conflict (kind, subject) do update set detail = excluded.detail, seen_at = excluded.seen_at`,
);
/** What was found before, and not again although it was looked at. */
const FORGET = statement(
	"reconciliation.forget",
	"delete from provider_differences where seen_at < $2 and subject = any($1::text[])",
);
/** Those looked at longest ago come first, so that more than a page of them take turns. */
const STANDING_BEFORE = statement<StandingPayment>(
	"reconciliation.standingBefore",
	`select payments.id as "paymentId", coalesce(payments.reference, standing.reference) as reference
	from (
		select subject, min(seen_at) as seen_at, substring(subject from '^payment (.+)$')::uuid as payment_id,
			substring(subject from '^provider payment (.+)$') as reference
		from provider_differences where seen_at < $1 group by subject
	) as standing left join payments on payments.id = standing.payment_id
	where coalesce(payments.reference, standing.reference) is not null
	order by standing.seen_at, standing.subject limit ${PAGE}`,
);
const KEEP = statement(
	"reconciliation.keep",
	"insert into reconciliations (window_from, window_to, checked, differences, is_daily) values ($1, $2, $3, $4, $5)",
);
const LAST_DAILY = statement<{ until: Date | null }>(
	"reconciliation.lastDaily",
	"select max(window_to) as until from reconciliations where is_daily",
);
const STANDING = statement<Omit<Finding, "since"> & { readonly since: Date }>(
	"reconciliation.standing",
	"select kind, subject, detail, since from provider_differences order by since, subject limit 100",
);

const bookedOf = ({ amount, ...row }: Row): BookedPayment => ({
	...row,
	amountCents: minorFromDecimal(amount, row.currency),
});

export const bookedPayments = async (db: Queryable, ids: readonly string[]): Promise<BookedPayment[]> =>
	(await db.query(OF_IDS, [ids])).map(bookedOf);

/** Payments that were begun in a window, a page after this id. */
export const bookedInWindow = async (db: Queryable, { from, to }: Window, after: string | null) =>
	(await db.query(OF_WINDOW, [from, to, after])).map(bookedOf);

/** Those of the payments that have changed since, or have a refund under way. */
export async function movingPayments(db: Queryable, ids: readonly string[], settledBefore: Date): Promise<Set<string>> {
	return new Set((await db.query(MOVING, [ids, settledBefore])).map(({ id }) => id));
}

/** Replaces what stands of the subjects that were looked at by what was found of them. */
export function tellDifferences(
	db: Database,
	subjects: readonly string[],
	found: readonly Difference[],
	at: Date,
): Promise<void> {
	return db.transaction(async (tx) => {
		await tx.query(TELL, [JSON.stringify(found), at]);
		await tx.query(FORGET, [subjects, at]);
	});
}

/** Takes back what stands of subjects that were found in order at this moment. */
export async function forgetDifferences(db: Queryable, subjects: readonly string[], at: Date): Promise<void> {
	await db.query(FORGET, [subjects, at]);
}

/** At most a page of those that were last looked at before this moment. */
export const standingBefore = (db: Queryable, before: Date) => db.query(STANDING_BEFORE, [before]);

/** What was looked at: by the daily comparison, or on request. */
export interface Reconciled extends Window {
	readonly isDaily: boolean;
}

export async function keepReconciliation(db: Queryable, window: Reconciled, checked: number, differences: number) {
	await db.query(KEEP, [window.from, window.to, checked, differences, window.isDaily]);
}

/** Until when the daily comparison has looked. */
export async function comparedUntil(db: Queryable): Promise<Date | null> {
	return (await db.query(LAST_DAILY))[0]?.until ?? null;
}

export const standingDifferences = async (db: Queryable): Promise<Finding[]> =>
	(await db.query(STANDING)).map(({ since, ...row }) => ({ ...row, since: since.toISOString() }));

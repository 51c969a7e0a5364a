import { minorFromDecimal } from "../../contracts/money.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

export interface DueRefund {
	readonly id: string;
	readonly paymentId: string;
}

/** Whoever takes a refund has it for 15 s, longer than a call of the provider and the question after it last. */
const TAKE = statement<DueRefund>(
	"refunds.take",
	`update refunds set attempt_after = now() + interval '15 s'
	where id in (
		select id from refunds where status = 'pending' and attempt_after < now()
		order by attempt_after limit 20 for update skip locked)
	returning id, payment_id as "paymentId"`,
);

/** Refunds whose outcome nobody recorded in time: their process died, or the provider did not answer. */
export const takeDueRefunds = (db: Queryable): Promise<DueRefund[]> => db.query(TAKE);

/** A refund as it is recorded. */
export interface StoredRefund {
	readonly paymentId: string;
	readonly amountCents: number;
	readonly status: "pending" | "done" | "refused";
	/** Why the provider refused it. */
	readonly refusal: string | null;
}

const FIND = statement<Omit<StoredRefund, "amountCents"> & { readonly amount: string; readonly currency: string }>(
	"refunds.find",
	`select refunds.payment_id as "paymentId", refunds.amount::text, refunds.status, refunds.refusal, payments.currency
	from refunds join payments on payments.id = refunds.payment_id where refunds.id = $1`,
);

export async function findRefund(db: Queryable, id: string): Promise<StoredRefund | undefined> {
	const [row] = await db.query(FIND, [id]);
	return row && { ...row, amountCents: minorFromDecimal(row.amount, row.currency) };
}

const KNOWN = statement<{ ok: number }>("refunds.known", "select 1 as ok from refunds where provider_key = $1");

/** Whether a refund with this key of the provider is recorded, in whatever state. */
export async function isKnownRefund(db: Queryable, providerKey: string): Promise<boolean> {
	return (await db.query(KNOWN, [providerKey])).length > 0;
}

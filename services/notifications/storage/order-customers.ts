import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { purging } from "../../../mixins/sql/purge.ts";

/** Money given back for an order, before it is known whose it is. */
export interface Refund {
	/** Of the fact that told it. */
	readonly messageId: string;
	readonly amount: number;
	readonly currency: string;
}

/** Both facts write the same row, so the later of two that come together sees what the first has left. */
const LEARN_CUSTOMERS = statement<{ orderId: string; refunds: Refund[] }>(
	"orderCustomers.learn",
	`insert into order_customers (order_id, user_id)
	select "orderId", "userId" from json_to_recordset($1::json) as learnt ("orderId" uuid, "userId" uuid) order by "orderId"
	on conflict (order_id) do update set user_id = excluded.user_id returning order_id as "orderId", refunds`,
);

const LEARN_REFUND = statement<{ userId: string | null }>(
	"orderCustomers.refund",
	`insert into order_customers as known (order_id, refunds) values ($1, jsonb_build_array($2::jsonb))
	on conflict (order_id) do update
	set refunds = case when known.user_id is null then known.refunds || excluded.refunds else known.refunds end
	returning user_id as "userId"`,
);

/** Refunds of an order that was never announced: it was rejected, and its customer knows. */
export const PURGE_UNKNOWN = purging(
	"orderCustomers.purge",
	"order_customers",
	"where user_id is null and seen_at < now() - interval '3 days' order by seen_at",
);

/** Notes whose each order is. @returns the refunds that were told before, by order */
export async function learnCustomers(
	tx: Queryable,
	customers: readonly { readonly orderId: string; readonly userId: string }[],
): Promise<ReadonlyMap<string, readonly Refund[]>> {
	const learnt = await tx.query(LEARN_CUSTOMERS, [JSON.stringify(customers)]);
	return new Map(learnt.map(({ orderId, refunds }) => [orderId, refunds]));
}

/** Whose an order is; when that is not known yet, the refund is kept until it is. */
export async function customerOfRefund(tx: Queryable, orderId: string, refund: Refund): Promise<string | null> {
	return (await tx.query(LEARN_REFUND, [orderId, JSON.stringify(refund)]))[0]?.userId ?? null;
}

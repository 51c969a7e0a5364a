import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

const LINK = statement("orders.linkAnswer", "insert into order_answers (key, order_id) values ($1, $2)");

/**
 * Everything that tells who a user is, in one statement: his addresses, what he and staff wrote, stored answers that
 * show either, the tokens of his payment methods, and facts that could not be handled. An erased answer keeps its key, so
 * that the request it belongs to is still not done twice.
 */
const ERASE = statement<{ isUnderway: boolean }>(
	"orders.erase",
	`with mine as materialized (
		select id from orders where user_id = $1
	), addresses as (
		delete from order_addresses where order_id in (select id from mine)
	), reasons as (
		delete from order_reasons where order_id in (select id from mine)
	), methods as (
		update sagas set data = data - 'method' where subject_id in (select id from mine) and state = 'done' and data ? 'method'
	), answered as (
		select data ->> 'operationKey' as key from sagas where subject_id in (select id from mine)
		union select key from order_answers where order_id in (select id from mine)
	), answers as (
		update operations set body = (select json_object_agg(field, case
				when field in ('shippingAddress', 'billingAddress', 'reason', 'refusal', 'method') then 'null' else value end)
			from json_each(body::json) as member (field, value))::text
		where key in (select key from answered) and body is not null
	), letters as (
		update inbox set message = (message::jsonb #- '{data,reason}')::json
		where dead_at is not null and message -> 'data' ->> 'orderId' in (select id::text from mine)
			and not message -> 'data' ->> 'reason' ~ '^return [0-9a-f-]{36}$'
	)
	select exists (
		select from sagas where subject_id in (select id from mine) and state <> 'done' and data ? 'method'
	) as "isUnderway"`,
);

/** Notes which order a stored answer tells of, so that it can be erased; where a saga knows it, none is needed. */
export async function linkAnswer(tx: Queryable, key: string, orderId: string): Promise<void> {
	await tx.query(LINK, [key, orderId]);
}

/** @returns whether an order of his is being paid right now, so that his payment method is still needed */
export async function eraseOrders(db: Queryable, userId: string): Promise<boolean> {
	return (await db.query(ERASE, [userId]))[0]?.isUnderway ?? false;
}

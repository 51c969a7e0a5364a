import { CHUNK } from "../../../mixins/integrity/audit.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { minorFromDecimal } from "../../contracts/money.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import { restockedUnits } from "../domain/audit.ts";
import type { StoredEvent } from "../domain/audit.ts";
import type { Fact } from "../domain/facts.ts";
import type { Order } from "../domain/order.ts";
import type { Return } from "../domain/return-history.ts";
import { ORDER_COLUMNS, orderFrom } from "./order.rows.ts";
import type { OrderRow } from "./order.rows.ts";

interface EventRow {
	readonly version: number;
	readonly type: string;
	readonly data: object;
	readonly at: string;
}

type HistoryRow = { [C in keyof OrderRow]: OrderRow[C] | null } & {
	readonly chosen: string;
	readonly events: readonly EventRow[] | null;
};

/** Of the orders in the CTE `chosen`: the row and its events as of one instant. */
const HISTORY = `
	select chosen.order_id as chosen, stored.*, (
		select json_agg(json_build_object('version', version, 'type', type, 'data', data,
			'at', to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by version)
		from order_events where order_id = chosen.order_id) as events
	from chosen left join lateral (
		select ${ORDER_COLUMNS} from orders where orders.id = chosen.order_id
	) as stored on true
	order by chosen.order_id desc`;

/** Orders that have events, and those that have none; both lists end where the shorter one is cut off. */
const HISTORIES = statement<HistoryRow>(
	"orders.auditHistories",
	`with chosen as materialized (
		select order_id from (
			(select distinct order_id from order_events where $1::uuid is null or order_id < $1 order by order_id desc limit ${CHUNK})
			union
			(select id from orders where $1::uuid is null or id < $1 order by id desc limit ${CHUNK})
		) as either order by order_id desc limit ${CHUNK}
	) ${HISTORY}`,
);

const ONE = statement<HistoryRow>("orders.auditHistory", `with chosen as (select $1::uuid as order_id) ${HISTORY}`);

const SETTLED = statement<{
	readonly id: string;
	readonly status: OrderStatus;
	readonly currency: string;
	readonly total_amount: string;
	readonly refunded_amount: string;
	readonly returns: readonly Return[];
	readonly updated_at: Date;
	readonly isSettled: boolean;
}>(
	"orders.auditSettled",
	`select id, status, currency, total_amount, refunded_amount, returns, updated_at,
		updated_at < $2 and not exists (
			select from sagas where subject_id = orders.id and (state <> 'done' or finished_at >= $2)) as "isSettled"
	from orders where $1::uuid is null or id < $1 order by id desc limit ${CHUNK}`,
);

const KNOWN = statement<{ id: string }>("orders.known", "select id from orders where id = any($1::uuid[])");

/** An order and its events as of one snapshot; undefined when there are only events. */
export interface History {
	readonly id: string;
	readonly order: Order | undefined;
	readonly events: readonly StoredEvent[];
}

/** A chunk of orders with their events, newest first. */
export async function histories(db: Queryable, after: string | null): Promise<History[]> {
	return (await db.query(HISTORIES, [after])).map(historyFrom);
}

/** One order with its events. */
export async function historyOf(db: Queryable, orderId: string): Promise<History> {
	const [row] = await db.query(ONE, [orderId]);
	return row === undefined ? { id: orderId, order: undefined, events: [] } : historyFrom(row);
}

const historyFrom = ({ chosen, events, ...row }: HistoryRow): History => ({
	id: chosen,
	order: row.id === null ? undefined : orderFrom({ ...row, lines: row.lines ?? [] } as OrderRow),
	events: (events ?? []).map(({ version, type, data, at }) => ({ version, at, fact: { ...data, type } as Fact })),
});

/** A chunk of orders, newest first; settled are those that nothing has touched since a moment, and nothing works on. */
export async function settledOrders(db: Queryable, settledBefore: Date, after: string | null) {
	return (await db.query(SETTLED, [after, settledBefore])).map(
		({ total_amount, refunded_amount, returns, updated_at, ...row }) => ({
			...row,
			restockedUnits: restockedUnits(row.status, returns),
			totalCents: minorFromDecimal(total_amount, row.currency),
			refundedCents: minorFromDecimal(refunded_amount, row.currency),
			since: updated_at.toISOString(),
		}),
	);
}

/** Which of some orders exist. */
export async function knownOrders(db: Queryable, ids: readonly string[]): Promise<string[]> {
	return (await db.query(KNOWN, [ids])).map(({ id }) => id);
}

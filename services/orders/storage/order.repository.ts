import type { Change, Repository } from "../../../mixins/aggregate.mixin.ts";
import { announce } from "../../../mixins/events/outbox.ts";
import type { KeyedOperation } from "../../../mixins/operations.ts";
import type { NewSaga, SagaState } from "../../../mixins/saga/saga.ts";
import { advanceSaga, fenceSaga, sagaRows, startSagas } from "../../../mixins/saga/saga-store.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Address } from "../../contracts/address.ts";
import { decimalFromMinor } from "../../contracts/money.ts";
import { OrderNotFound } from "../../contracts/orders.ts";
import type { Decision } from "../domain/decision.ts";
import type { Order } from "../domain/order.ts";
import { factRows, lineRows, ORDER_COLUMNS, orderFrom } from "./order.rows.ts";
import type { OrderRow } from "./order.rows.ts";

/** What commits together with an order's change. */
export interface OrderRider {
	/** A saga the change starts, leased to `owner`. */
	readonly start?: { readonly saga: NewSaga; readonly owner: string };
	/** The saga the change belongs to: its fence must hold, and it moves on. */
	readonly saga?: { readonly id: string; readonly fence: number; readonly next: SagaState | null };
	/** Why, in the words of whoever asked: of the last fact of the change. */
	readonly reason?: { readonly text: string; readonly returnId?: string } | undefined;
	/** The answer of the request's operation; the first one stays. */
	readonly answer?: { readonly key: string; readonly status: number; readonly body: string } | undefined;
	/** For a new order: what cannot be told from its facts. */
	readonly placed?: {
		readonly operation: KeyedOperation | undefined;
		readonly shipping: Address;
		readonly billing: Address;
	};
}

const LOCK = statement<OrderRow>(
	"orders.lock",
	`select ${ORDER_COLUMNS} from orders where id = $1 for update of orders`,
);

const history = (parameter: string): string => `
	insert into order_events (order_id, version, type, data, occurred_at)
	select saved.id, fact.version, fact.type, fact.data, fact.occurred_at
	from saved cross join json_to_recordset(${parameter}::json) as fact (
		version integer, type text, data jsonb, occurred_at timestamptz)`;

const INSERT = statement<{ ok: number }>(
	"orders.insert",
	`with claimed as (
		insert into operations (key, fingerprint) select $1, $2 where $1::text is not null
		on conflict (key) do nothing returning key
	), saved as (
		insert into orders (id, number, user_id, total_amount, currency, payment_id, is_being_paid, version, created_at, updated_at)
		select $3, $4, $5, $6, $7, $8::uuid, $8::uuid is not null, $9, $10::timestamptz, $10::timestamptz
		where $1::text is null or exists (select from claimed)
		returning id
	), items as (
		insert into order_items (order_id, line, product_id, name, quantity, unit_price, total_price)
		select saved.id, item.* from saved cross join json_to_recordset($11::json) as item (
			line integer, product_id uuid, name text, quantity integer, unit_price numeric, total_price numeric)
	), addresses as (
		insert into order_addresses (order_id, shipping, billing) select id, $12::json, $13::json from saved
	), history as (${history("$14")}
	), started as (${startSagas("$15")}
	)
	select 1 as ok from saved`,
);

const UPDATE = statement<{ ok: number }>(
	"orders.update",
	`with fenced as (${fenceSaga("$1", "$2")}
	), saved as (
		update orders set status = $5, payment_status = $6, payment_id = $7, is_being_paid = $8, refunded_amount = $9,
			version = $10, updated_at = $11, announced = announced + $12, returns = $20
		where id = $3 and version = $4 and ($1::uuid is null or exists (select from fenced))
		returning id, announced
	), history as (${history("$13")}
	), announced as (${announce("$14")}
	), advanced as (${advanceSaga("$15")}
	), started as (${startSagas("$16")}
	), answered as (
		update operations set status = $18, body = $19
		where key = $17 and status is null and exists (select from saved)
	), reasoned as (
		insert into order_reasons (order_id, version, type, return_id, text)
		select id, $10, $21, $22, $23 from saved where $23::text is not null
	)
	select 1 as ok from saved`,
);

/** Orders and their events, in the one statement that changes both. */
export const orderRepository: Repository<Order, Decision, OrderRider> = {
	async lock(tx, id) {
		const [row] = await tx.query(LOCK, [id]);
		return row && orderFrom(row);
	},

	save: (tx, change) => (change.before === undefined ? insert(tx, change) : update(tx, change.before, change)),

	missing: () => new OrderNotFound(),
};

type OrderChange = Change<Order, Decision, OrderRider>;

async function insert(tx: Queryable, { decision: { state, facts }, rider }: OrderChange): Promise<boolean> {
	if (rider?.placed === undefined)
		throw new Error("A new order needs its addresses: name them in the rider's `placed`.");
	const { operation, shipping, billing } = rider.placed;
	const rows = await tx.query(INSERT, [
		operation?.key ?? null,
		operation?.fingerprint ?? null,
		state.id,
		state.number,
		state.userId,
		decimalFromMinor(state.totalCents, state.currency),
		state.currency,
		state.paymentId,
		state.version,
		state.createdAt,
		lineRows(state),
		shipping,
		billing,
		factRows(state, facts),
		started(rider),
	]);
	return rows.length > 0;
}

async function update(tx: Queryable, before: Order, { decision, outbox, rider }: OrderChange): Promise<boolean> {
	const { state, facts, events } = decision;
	const rows = await tx.query(UPDATE, [
		rider?.saga?.id ?? null,
		rider?.saga?.fence ?? null,
		state.id,
		before.version,
		state.status,
		state.paymentStatus,
		state.paymentId,
		state.isBeingPaid,
		decimalFromMinor(state.refundedCents, state.currency),
		state.version,
		state.updatedAt,
		events.length,
		factRows(state, facts),
		outbox,
		rider?.saga?.next ?? null,
		started(rider),
		rider?.answer?.key ?? null,
		rider?.answer?.status ?? null,
		rider?.answer?.body ?? null,
		JSON.stringify(state.returns),
		rider?.reason === undefined ? null : (facts.at(-1)?.fact.type ?? null),
		rider?.reason?.returnId ?? null,
		rider?.reason?.text ?? null,
	]);
	return rows.length > 0;
}

const started = (rider: OrderRider | undefined): string => sagaRows(rider?.start?.saga, rider?.start?.owner ?? "");

import { STORED } from "../services.ts";
import type { Databases, ProviderBalance } from "./ledgers.ts";
import type { History } from "./history.ts";

export interface Evidence {
	readonly history: History;
	readonly databases: Databases;
	readonly provider: ReadonlyMap<string, ProviderBalance>;
}

/** One thing that must hold after any number of crashes; each violation is told in words. */
interface Check {
	readonly name: string;
	readonly violations: (evidence: Evidence) => Promise<readonly string[]>;
}

interface OrderRow {
	readonly id: string;
	readonly status: string;
	readonly cents: number;
}

const ORDERS = "select id, status, (total_amount * 100)::int as cents from orders";
const LIVING = new Set(["confirmed", "processing", "shipped", "delivered"]);

export const CHECKS: readonly Check[] = [
	{
		name: "every order that was answered exists once and has ended",
		async violations({ history, databases }) {
			const orders = new Map((await databases.rows<OrderRow>("orders", ORDERS)).map((order) => [order.id, order]));
			const answered = history.entries("order").filter(({ status }) => status === 201 || status === 202);
			const ids = answered.map(({ orderId = "" }) => orderId);
			return [
				...ids.filter((id) => !orders.has(id)).map((id) => `order ${id} was answered and is gone`),
				...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `order ${id} answers two keys`),
				...ids.filter((id) => orders.get(id)?.status === "pending").map((id) => `order ${id} has not ended`),
			];
		},
	},
	{
		name: "every key has one order, whatever was repeated",
		async violations({ history, databases }) {
			const orders = await databases.rows<OrderRow>("orders", ORDERS);
			const known = new Set(history.entries("order").map(({ orderId }) => orderId));
			return orders.filter(({ id }) => !known.has(id)).map(({ id }) => `order ${id} belongs to no key`);
		},
	},
	{
		name: "the payments table has taken the total of each living order and nothing of the others",
		async violations({ databases }) {
			const taken = await databases.rows<{ order_id: string; cents: number; open: number }>(
				"payments",
				`select order_id, sum((amount - refunded_amount) * 100) filter
					(where status in ('captured', 'partially_refunded', 'refunded'))::int as cents,
					count(*) filter (where status in ('pending', 'authorized'))::int as open
				from payments group by order_id`,
			);
			const byOrder = new Map(taken.map((row) => [row.order_id, row]));
			const orders = await databases.rows<OrderRow>("orders", ORDERS);
			return orders.flatMap(({ id, status, cents }) => {
				const row = byOrder.get(id);
				const expected = LIVING.has(status) ? cents : 0;
				const wrong =
					(row?.cents ?? 0) === expected ? [] : [`order ${id} (${status}) has ${row?.cents ?? 0} of ${expected}`];
				return (row?.open ?? 0) === 0 ? wrong : [...wrong, `order ${id} (${status}) has an open payment`];
			});
		},
	},
	{
		name: "the provider has taken the total of each living order, and holds nothing",
		async violations({ databases, provider }) {
			const orders = await databases.rows<OrderRow & { payment_id: string | null }>(
				"orders",
				"select id, status, (total_amount * 100)::int as cents, payment_id from orders",
			);
			const due = new Map(
				orders.filter(({ status }) => LIVING.has(status)).map((order) => [order.payment_id, order.cents]),
			);
			const unpaid = [...due.keys()]
				.filter((id) => id === null || !provider.has(id))
				.map((id) => `payment ${id} never happened`);
			return [
				...unpaid,
				...[...provider].flatMap(([id, { heldCents, takenCents }]) => {
					const expected = due.get(id) ?? 0;
					return heldCents === 0 && takenCents === expected
						? []
						: [`payment ${id}: provider holds ${heldCents}, took ${takenCents} of ${expected}`];
				}),
			];
		},
	},
	{
		name: "initial + restocked = available + reserved + sold, as the journal and the reservations tell it",
		async violations({ databases }) {
			const rows = await databases.rows<{ product_id: string }>(
				"products",
				"select product_id from stock_discrepancies",
			);
			return rows.map(({ product_id }) => `product ${product_id} does not add up`);
		},
	},
	{
		name: "stock is held for no order that has ended",
		async violations({ databases }) {
			const rows = await databases.rows<{ order_id: string }>(
				"products",
				"select order_id from reservations where status = 'held'",
			);
			return rows.map(({ order_id }) => `stock is still held for order ${order_id}`);
		},
	},
	{
		name: "the ledger adds up to what the payments took",
		async violations({ databases }) {
			const [row] = await databases.rows<{ ledger: string; payments: string }>(
				"payments",
				`select (select coalesce(sum(case when refund_id is null then amount_cents else -amount_cents end), 0) from transfers)
						as ledger,
					(select coalesce(sum((amount - refunded_amount) * 100) filter
						(where status in ('captured', 'partially_refunded', 'refunded')), 0)::bigint from payments) as payments`,
			);
			return row?.ledger === row?.payments ? [] : [`the ledger has ${row?.ledger}, the payments ${row?.payments}`];
		},
	},
	{
		name: "no fact is stuck in an outbox, and none has failed",
		async violations({ databases }) {
			const counts = await Promise.all(
				STORED.map(async (service) => {
					// Mails are still being sent: a fact of this moment is on its way, one of five seconds ago is stuck.
					const sql = `select count(*)::int as open from outbox
					where published_at is null and occurred_at < now() - interval '5 s'`;
					const [row] = await databases.rows<{ open: number }>(service, sql);
					return row?.open ? [`${service} has ${row.open} unpublished facts`] : [];
				}),
			);
			const [inbox] = await databases.rows<{ open: number }>(
				"notifications",
				"select count(*)::int as open from inbox where processed_at is null",
			);
			return inbox?.open ? [...counts.flat(), `notifications has ${inbox.open} unhandled facts`] : counts.flat();
		},
	},
	{
		name: "the events of every order are contiguous and match its version",
		async violations({ databases }) {
			const rows = await databases.rows<{ id: string }>(
				"orders",
				`select orders.id from orders join order_events on order_events.order_id = orders.id
				group by orders.id
				having count(*) <> orders.version or max(order_events.version) <> orders.version or min(order_events.version) <> 1`,
			);
			return rows.map(({ id }) => `the history of order ${id} has a gap`);
		},
	},
];

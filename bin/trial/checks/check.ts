import type { Databases } from "../databases.ts";
import type { History } from "../history.ts";
import type { ProviderBalance } from "../provider-ledger.ts";

/** What is judged: what clients were told, what the databases hold, and what the payment provider did. */
export interface Evidence {
	readonly history: History;
	readonly databases: Databases;
	readonly provider: ReadonlyMap<string, ProviderBalance>;
}

/** One thing that must hold after any number of crashes; each violation is told in words. */
export interface Check<E = Evidence> {
	/** Short, for negative controls to name. */
	readonly name: string;
	readonly meaning: string;
	readonly violations: (evidence: E) => Promise<readonly string[]>;
}

export interface OrderRow {
	readonly id: string;
	readonly status: string;
	readonly paymentId: string | null;
	readonly cents: number;
	readonly refundedCents: number;
}

const ORDERS = `select id, status, payment_id as "paymentId", (total_amount * 100)::int as cents,
	(refunded_amount * 100)::int as "refundedCents" from orders`;

/** Every order there is. */
export const ordersOf = ({ databases }: Pick<Evidence, "databases">): Promise<OrderRow[]> =>
	databases.rows("orders", ORDERS);

/** Of an order that is paid for and will be delivered. */
const LIVING = new Set(["confirmed", "processing", "shipped", "delivered"]);

export const isLiving = ({ status }: Pick<OrderRow, "status">): boolean => LIVING.has(status);

/** What an order has to have cost its customer, when all is settled. */
export const dueCents = (order: OrderRow): number => (isLiving(order) ? order.cents - order.refundedCents : 0);

/** Those of one side that the other lacks. */
export const missing = (wanted: Iterable<string>, there: ReadonlySet<string>): string[] =>
	[...wanted].filter((each) => !there.has(each));

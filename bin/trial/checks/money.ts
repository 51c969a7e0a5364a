import { dueCents, ordersOf } from "./check.ts";
import type { Check } from "./check.ts";

const TAKEN = "status in ('captured', 'partially_refunded', 'refunded')";

const PAYMENTS = `select order_id as "orderId",
		sum((amount - refunded_amount) * 100) filter (where ${TAKEN})::int as cents,
		count(*) filter (where status in ('pending', 'authorized'))::int as open
	from payments group by order_id`;

interface PaymentsRow {
	readonly orderId: string;
	readonly cents: number | null;
	readonly open: number;
}

export const payments: Check = {
	name: "payments",
	meaning: "the payments table has taken what each living order costs, and nothing of the others",
	async violations(evidence) {
		const rows = await evidence.databases.rows<PaymentsRow>("payments", PAYMENTS);
		const byOrder = new Map(rows.map((row) => [row.orderId, row]));
		return (await ordersOf(evidence)).flatMap((order) => {
			const { cents, open } = byOrder.get(order.id) ?? { cents: 0, open: 0 };
			const what = `order ${order.id} (${order.status})`;
			return [
				...((cents ?? 0) === dueCents(order) ? [] : [`${what} has ${cents ?? 0} of ${dueCents(order)}`]),
				...(open === 0 ? [] : [`${what} has an open payment`]),
			];
		});
	},
};

export const oracle: Check = {
	name: "oracle",
	meaning: "the provider has taken what each living order costs, and holds nothing",
	async violations(evidence) {
		const orders = (await ordersOf(evidence)).filter(({ paymentId }) => paymentId !== null);
		const due = new Map(orders.map((order) => [order.paymentId ?? "", dueCents(order)]));
		const { provider } = evidence;
		return [
			...[...due]
				.filter(([id, cents]) => cents > 0 && !provider.has(id))
				.map(([id]) => `payment ${id} never happened at the provider`),
			...[...provider].flatMap(([id, { heldCents, takenCents }]) => {
				const expected = due.get(id) ?? 0;
				const isRight = heldCents === 0 && takenCents === expected;
				return isRight ? [] : [`payment ${id}: the provider holds ${heldCents}, and took ${takenCents} of ${expected}`];
			}),
		];
	},
};

const SUMS = `select
	(select coalesce(sum(case when refund_id is null then amount_cents else -amount_cents end), 0) from transfers) as ledger,
	(select coalesce(sum((amount - refunded_amount) * 100) filter (where ${TAKEN}), 0)::bigint from payments) as payments`;

export const ledger: Check = {
	name: "ledger",
	meaning: "the ledger adds up to what the payments took, and to what the provider says",
	async violations({ databases, provider }) {
		const [sums] = await databases.rows<{ ledger: string; payments: string }>("payments", SUMS);
		const taken = String([...provider.values()].reduce((sum, { takenCents }) => sum + takenCents, 0));
		const isRight = sums?.ledger === sums?.payments && sums?.ledger === taken;
		return isRight ? [] : [`the ledger has ${sums?.ledger}, the payments ${sums?.payments}, the provider ${taken}`];
	},
};

import { statement } from "../../mixins/sql/database.ts";
import { call } from "../../services/contracts/action.ts";
import { auditOf } from "../../services/contracts/integrity.ts";
import type { StubIntent } from "../../services/payments/providers/stripe/stripe-objects.fixture.ts";
import type { SequenceShop } from "./shop.ts";

interface OrderRow {
	readonly id: string;
	readonly status: string;
	readonly totalCents: number;
}
interface LedgerRow {
	readonly paymentId: string;
	readonly cents: number;
	readonly captures: number;
}

const ORDERS = statement<OrderRow>(
	"verdict.orders",
	`select id, status, (total_amount * 100)::int as "totalCents" from orders`,
);
const STOCK = statement<{ orderId: string; status: string }>(
	"verdict.stock",
	`select order_id as "orderId", status from reservations`,
);
const LEDGER = statement<LedgerRow>(
	"verdict.ledger",
	`select payment_id as "paymentId", count(*) filter (where refund_id is null)::int as captures,
		sum(case when debit_account = 'provider' then amount_cents else -amount_cents end)::int as cents
	from transfers group by payment_id`,
);
const ALIVE: ReadonlySet<string> = new Set(["confirmed", "processing", "shipped", "delivered"]);

/** Everything that is wrong in the shop, with the order or payment it is wrong with; judged by the provider's own memory. */
export async function verdict(shop: SequenceShop): Promise<string[]> {
	const { world } = shop.stub;
	const intents = [...world.intents.values()];
	const [orders, stock, ledger] = await Promise.all([
		shop.orders.db.query(ORDERS),
		(shop.broker.getLocalService("products") as typeof shop.payments).db.query(STOCK),
		shop.payments.db.query(LEDGER),
	]);
	const stockOf = new Map(stock.map(({ orderId, status }) => [orderId, status]));
	const byOrder = Map.groupBy(intents, ({ metadata }) => metadata.orderId);
	const byPayment = Map.groupBy(intents, ({ metadata }) => metadata.paymentId);
	const money = (all: readonly StubIntent[]) => moneyOf(world, all);
	return [
		...orders.flatMap((order) => wrongOrder(order, money(byOrder.get(order.id) ?? []), stockOf.get(order.id))),
		...ledger.flatMap((row) => wrongLedger(row, money(byPayment.get(row.paymentId) ?? []))),
		...[...world.captures].filter(([, count]) => count > 1).map(([id]) => `intent ${id} was captured twice`),
		...(await findings(shop)),
	];
}

interface Money {
	/** What staff gave back at the provider counts as kept: it is known and wanted. */
	readonly takenCents: number;
	readonly keptCents: number;
	readonly keeping: number;
	readonly isHeld: boolean;
	readonly byStaffCents: number;
}

function moneyOf(world: SequenceShop["stub"]["world"], intents: readonly StubIntent[]): Money {
	const kept = intents.map((intent) => {
		const refunds = (world.refunds.get(intent.id) ?? []).filter(({ status }) => status === "succeeded");
		const sum = (all: typeof refunds) => all.reduce((total, { amount }) => total + amount, 0);
		const byStaff = sum(refunds.filter(({ metadata }) => metadata.key === undefined));
		return { taken: intent.amount_received, kept: intent.amount_received - sum(refunds), byStaff };
	});
	return {
		takenCents: kept.reduce((sum, { taken }) => sum + taken, 0),
		keptCents: kept.reduce((sum, each) => sum + each.kept, 0),
		keeping: kept.filter((each) => each.kept > 0).length,
		isHeld: intents.some(({ status }) => status === "requires_capture"),
		byStaffCents: kept.reduce((sum, { byStaff }) => sum + byStaff, 0),
	};
}

function wrongOrder({ id, status, totalCents }: OrderRow, money: Money, stock: string | undefined): string[] {
	const wrong: string[] = [];
	const say = (what: string) => wrong.push(`order ${id} (${status}) ${what}`);
	if (money.keeping > 1) say("was charged twice");
	if (money.isHeld) say("has money held");
	if (ALIVE.has(status)) {
		if (money.keptCents + money.byStaffCents < totalCents) say(`is not paid: ${money.keptCents} of ${totalCents}`);
		if (stock !== "committed") say(`is paid and has no stock (${stock ?? "none"})`);
	} else {
		if (money.keptCents !== 0) say(`keeps ${money.keptCents} of its customer`);
		if (stock === "committed") say("has stock that nobody gets");
	}
	return wrong;
}

function wrongLedger({ paymentId, cents, captures }: LedgerRow, { keptCents }: Money): string[] {
	return [
		...(cents === keptCents ? [] : [`payment ${paymentId}: the ledger has ${cents}, the provider ${keptCents}`]),
		...(captures > 1 ? [`payment ${paymentId} was captured ${captures} times in the ledger`] : []),
	];
}

/** What the services' own auditors find. */
async function findings({ broker }: SequenceShop): Promise<string[]> {
	const reports = await Promise.all(["orders", "payments", "products"].map((name) => call(broker, auditOf(name), {})));
	return reports.flatMap((report) =>
		report.findings.map(({ kind, subject, detail }) => `${kind}: ${subject} ${detail}`),
	);
}

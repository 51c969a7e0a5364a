import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { query } from "../../../mixins/define-service.ts";
import { statement } from "../../../mixins/sql/database.ts";
import { call } from "../../contracts/action.ts";
import { auditOf, KnownOrders } from "../../contracts/integrity.ts";
import { Reconcile } from "../../contracts/reconciliation.ts";
import { startStripePayments } from "../following/stripe-payments.fixture.ts";
import { paymentOf } from "../payments.fixture.ts";
import { reconcileDaily } from "./daily.ts";

let running: Awaited<ReturnType<typeof startStripePayments>>;
beforeAll(async () => {
	running = await startStripePayments();
	const known = query(KnownOrders, ({ params }) => Promise.resolve([...params.orderIds]));
	running.broker.createService({ name: "orders", actions: { known } });
	await running.broker.waitForServices("orders");
});
afterAll(() => running.stop());

const sql = (text: string, values: readonly unknown[] = []) => running.service.db.query(statement("", text), values);
const world = () => running.stub.world;

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** Everything rests for longer than the comparison asks for. */
async function reconciled(window: { from?: string } = {}): Promise<string[]> {
	await sql("update payments set updated_at = now() - interval '1 hour'");
	await call(running.broker, Reconcile, { to: inMs(60_000), ...window });
	const { findings } = await call(running.broker, auditOf("payments"), {});
	return findings.filter(({ kind }) => kind.startsWith("provider-")).map(({ kind, subject }) => `${kind} ${subject}`);
}

async function taken() {
	const payment = paymentOf(running);
	await payment.authorize();
	await payment.capture();
	const [intent] = world().labelled("paymentId", payment.paymentId);
	if (intent === undefined) throw new Error("Stripe has no such intent.");
	return { ...payment, intent: intent.id, subject: `payment ${payment.paymentId}` };
}

it("raises nothing for payments of every kind", async () => {
	const [refunded, voided, declined, free] = [
		await taken(),
		paymentOf(running),
		paymentOf(running),
		paymentOf(running),
	];
	await refunded.refund(3);
	await voided.authorize();
	await voided.reverse();
	await declined.authorize("pm_card_chargeDeclined").catch(() => undefined);
	await free.authorize("pm_card_visa", { amountCents: 0 });
	await free.capture();
	await paymentOf(running).authorize();

	expect(await reconciled()).toEqual([]);
});

it("adds up what no 32 bits hold", async () => {
	const { paymentId, subject } = await taken();
	await sql("alter table transfers disable trigger transfers_append_only");
	const book = "update transfers set amount_cents = $2 where payment_id = $1";
	await sql(book, [paymentId, 3_000_000_000]);
	expect(await reconciled()).toEqual([`provider-amount ${subject}`]);

	await sql(book, [paymentId, 1_050]);
	await sql("alter table transfers enable trigger transfers_append_only");
	expect(await reconciled()).toEqual([]);
});

it("finds what is different, repairs nothing, and takes it back when it is in order again", async () => {
	const [refund, dispute, lost, status, booked] = [
		await taken(),
		await taken(),
		await taken(),
		await taken(),
		await taken(),
	];
	const form = { amount: "1050", currency: "eur", payment_method: "pm_card_visa" };
	const foreign = world().createIntent(form);
	world().refund(refund.intent, { amount: "100" });
	world().dispute(dispute.intent, 1050);
	world().intents.delete(lost.intent);
	await sql("update payments set status = 'authorized' where id = $1", [status.paymentId]);
	await sql("alter table transfers disable trigger all");
	await sql("update transfers set amount_cents = 1 where payment_id = $1", [booked.paymentId]);

	const expected = [
		`provider-unknown provider payment ${foreign.id}`,
		`provider-refund ${refund.subject}`,
		`provider-dispute ${dispute.subject}`,
		`provider-missing ${lost.subject}`,
		`provider-status ${status.subject}`,
		`provider-amount ${booked.subject}`,
	];
	expect((await reconciled()).sort()).toEqual(expected.sort());
	expect(await refund.row()).toMatchObject({ status: "captured" });

	await sql("update transfers set amount_cents = 1050 where payment_id = $1", [booked.paymentId]);
	await sql("update payments set status = 'captured' where id = $1", [status.paymentId]);
	world().cancel(foreign.id);
	expect((await reconciled()).sort()).toEqual(expected.filter((each) => /refund|dispute|missing/.test(each)).sort());
});

it("leaves alone what moves", async () => {
	const payment = await taken();
	world().refund(payment.intent, { amount: "100" });
	await call(running.broker, Reconcile, { to: inMs(60_000) });

	const { findings } = await call(running.broker, auditOf("payments"), {});
	expect(findings.map(({ subject }) => subject)).not.toContain(payment.subject);
});

/** A window in which nothing was begun. */
const later = () => ({ from: inMs(30_000) });

it("looks again at what has left the window, so that what was settled disappears although no event told of it", async () => {
	const payment = await taken();
	const dispute = world().dispute(payment.intent, 1050);
	const foreign = world().createIntent({ amount: "1050", currency: "eur", payment_method: "pm_card_visa" });
	const told = [`provider-dispute ${payment.subject}`, `provider-unknown provider payment ${foreign.id}`];
	await reconciled();
	expect(await reconciled(later())).toEqual(expect.arrayContaining(told));

	world().closeDispute(dispute, "won");
	world().cancel(foreign.id);
	const left = await reconciled(later());
	expect(left.filter((each) => told.includes(each))).toEqual([]);
});

it("keeps what stands and is not settled: a payment that the provider does not know", async () => {
	const payment = await taken();
	world().intents.delete(payment.intent);
	await reconciled();

	expect(await reconciled(later())).toContain(`provider-missing ${payment.subject}`);
});

it("looks again at 200 of them a run, and first at those it has not looked at for longest", async () => {
	await sql(`insert into provider_differences (kind, subject, detail, seen_at)
		select 'provider-unknown', 'provider payment pi_gone_' || number, '', now() - number * interval '1 hour'
		from generate_series(1, 201) as number`);
	await reconciled(later());

	const rest = "select subject from provider_differences where subject like 'provider payment pi_gone_%'";
	expect(await sql(rest)).toEqual([{ subject: "provider payment pi_gone_1" }]);
});

const daily = async () => (await sql("select id from reconciliations where is_daily")).length;
const aDayPasses = () => sql("update reconciliations set window_to = window_to - interval '1 day' where is_daily");

it("is made once a day", async () => {
	await aDayPasses();
	const before = await daily();
	await reconcileDaily.work(running.service);
	await reconcileDaily.work(running.service);

	expect((await daily()) - before).toBe(1);
});

it("is made the next day as well, whatever was compared on request meanwhile", async () => {
	await aDayPasses();
	const before = await daily();
	await reconciled();
	await reconcileDaily.work(running.service);

	expect((await daily()) - before).toBe(1);
});

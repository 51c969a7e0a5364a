import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import { until } from "../../../test/support/wait.ts";
import { paymentOf } from "../payments.fixture.ts";
import type { StubEvent } from "../providers/stripe/stripe-events.fixture.ts";
import { signatureOf } from "../providers/stripe/stripe-events.fixture.ts";
import { balances } from "../storage/ledger.fixture.ts";
import { standingDifferences } from "../storage/reconciliation.ts";
import { startStripePayments, WEBHOOK_SECRET } from "./stripe-payments.fixture.ts";

let running: Awaited<ReturnType<typeof startStripePayments>>;
beforeAll(async () => void (running = await startStripePayments()));
afterAll(() => running.stop());
afterEach(() => {
	running.events.splice(0);
	running.stub.faultOf = () => undefined;
});

const world = () => running.stub.world;

/** The intent at Stripe of a payment. */
function intentOf({ paymentId }: { paymentId: string }) {
	const [intent] = world().labelled("paymentId", paymentId);
	if (intent === undefined) throw new Error("Stripe has no such intent.");
	return intent;
}

async function held() {
	const payment = paymentOf(running);
	await payment.authorize();
	return payment;
}

async function taken() {
	const payment = await held();
	await payment.capture();
	return payment;
}

/** What Stripe has kept of a payment. */
function keptCents(payment: { paymentId: string }): number {
	const intent = intentOf(payment);
	return intent.amount_received - (intent.amount_received === 0 ? 0 : world().chargeOf(intent).amount_refunded);
}

async function ledgerCents(payment: Awaited<ReturnType<typeof held>>): Promise<number> {
	const signs = (await payment.transfers()).map(({ debit, cents }) => (debit === "provider" ? 1 : -1) * Number(cents));
	return signs.reduce((sum, cents) => sum + cents, 0);
}

/** The kinds of differences that stand of a payment. */
const told = async ({ paymentId }: { paymentId: string }) =>
	(await standingDifferences(running.service.db))
		.filter(({ subject }) => subject === `payment ${paymentId}`)
		.map(({ kind }) => kind);

const AGE = statement(
	"spec.age",
	"update payments set created_at = now() - interval '60 days', updated_at = now() - interval '30 days' where id = $1",
);
/** The payment was made and last changed long before the window of any reconciliation. */
const age = ({ paymentId }: { paymentId: string }) => running.service.db.query(AGE, [paymentId]);

/** What was left for when the payment rests is handled. */
async function comesToRest(payment: { paymentId: string }) {
	await age(payment);
	await running.retry();
	await running.followed();
}

const KEPT = statement<{ id: string }>("spec.kept", "select id from provider_events");
const keptEvents = async () => (await running.service.db.query(KEPT)).length;

describe("an event of Stripe", () => {
	it("is kept once, however often it is delivered", async () => {
		await taken();
		const before = await keptEvents();
		const [event] = running.events.filter(({ type }) => type === "payment_intent.succeeded");
		await Promise.all(Array.from({ length: 5 }, () => running.deliver(event as StubEvent)));

		expect(await running.deliver(event as StubEvent)).toEqual({ received: true });
		expect((await keptEvents()) - before).toBe(1);
	});

	it("that tells nothing of a payment is answered and not kept", async () => {
		const before = await keptEvents();
		const payloads = ['{"id":"evt_1","type":"customer.created","data":{"object":{"id":"cus_1"}}}', "{}", "no json"];

		for (const payload of payloads) expect(await running.deliver({ payload })).toEqual({ received: true });
		expect(await keptEvents()).toBe(before);
	});

	it.each([
		["with another secret", (payload: string) => signatureOf(payload, "whsec_other")],
		["of another body", () => signatureOf("{}", WEBHOOK_SECRET)],
		["too old", (payload: string) => signatureOf(payload, WEBHOOK_SECRET, new Date(Date.now() - 301_000))],
		["missing", () => ""],
		["garbage", () => "t=now,v1=zz"],
	])("whose signature is %s is refused", async (_what, sign) => {
		const payload = '{"id":"evt_2"}';
		await expect(running.deliver({ payload }, sign(payload))).rejects.toMatchObject({
			...{ type: "WEBHOOK_NOT_SIGNED", code: 400 },
		});
	});

	it("is taken with the secret that is about to be replaced as well", async () => {
		const payload = "{}";
		expect(await running.deliver({ payload }, signatureOf(payload, "whsec_old"))).toEqual({ received: true });
	});

	it("is refused while no secret is set, with what to do", async () => {
		const { webhookSecrets } = running.service;
		running.service.webhookSecrets = [];
		const refused = expect(running.deliver({ payload: "{}" })).rejects;
		await refused.toMatchObject({ type: "WEBHOOKS_OFF", code: 404, message: /STRIPE_WEBHOOK_SECRET/ });
		running.service.webhookSecrets = webhookSecrets;
	});

	it("that cannot be followed is followed later", async () => {
		const payment = await held();
		world().capture(intentOf(payment).id, {});
		running.line.fail("look", "request lost");
		await running.deliver(running.events.find(({ type }) => type === "payment_intent.succeeded") as StubEvent);
		await until(() => running.line.calls.includes(`look ${intentOf(payment).id}`));

		await running.retry();
		await running.followed();
		expect(await payment.row()).toMatchObject({ status: "captured" });
	});

	it("that was tried in vain for years holds up no other", async () => {
		await running.service.db.query(statement("spec.years", "update provider_events set attempts = 2000"));
		const payment = await held();
		world().capture(intentOf(payment).id, {});
		await running.deliverAll();

		await until(async () => (await payment.row())?.status === "captured");
	});
});

describe("what happened at Stripe", () => {
	it("pain 2: webhook and step are one transition, whichever comes first and however often", async () => {
		const payment = paymentOf(running);
		running.stub.faultOf = ({ path }) => (path.endsWith("payment_intents") ? { kind: "late", ms: 150 } : undefined);
		const step = payment.authorize();
		await until(() => running.events.some(({ type }) => type === "payment_intent.amount_capturable_updated"));
		await running.deliverAll((waiting) => [...waiting, ...waiting]);
		await step;
		running.stub.faultOf = () => undefined;

		await Promise.all([payment.capture(), running.deliverAll(), payment.capture()]);
		await running.deliverAll((waiting) => waiting.toReversed());
		expect(world().captures.get(intentOf(payment).id)).toBe(1);
		expect(await payment.transfers()).toHaveLength(1);
		expect(await payment.facts()).toEqual(["payment.captured"]);
		expect(await payment.history()).toEqual(["authorized", "captured"]);
	});

	it("settles a payment whose step has died before it heard of it", async () => {
		const payment = paymentOf(running);
		running.line.fail("authorize", "answer lost");
		running.line.fail("find", "answer lost");
		await payment.authorize().catch(() => undefined);
		expect(await payment.row()).toMatchObject({ status: "pending" });

		await running.deliverAll();
		expect(await payment.row()).toMatchObject({ status: "authorized" });
	});

	it.each([
		["captured by staff", "captured", (id: string) => world().capture(id, {})],
		["canceled by staff, or after seven days by Stripe", "voided", (id: string) => world().cancel(id)],
	])("is followed: %s", async (_what, status, act) => {
		const payment = await held();
		act(intentOf(payment).id);
		await running.deliverAll();

		expect(await payment.row()).toMatchObject({ status });
		expect(await ledgerCents(payment)).toBe(keptCents(payment));
	});

	it("books a refund that staff made there once, with its fact", async () => {
		const payment = await taken();
		await running.deliverAll();
		world().refund(intentOf(payment).id, { amount: "420", reason: "requested_by_customer" });
		await running.deliverAll((waiting) => [...waiting, ...waiting.toReversed()]);

		expect(await payment.row()).toMatchObject({ status: "partially_refunded", refunded_amount: "4.200" });
		expect(await payment.transfers()).toMatchObject([{ cents: "1050" }, { debit: "sales", cents: "420" }]);
		expect(await payment.facts()).toEqual(["payment.captured", "payment.refunded"]);
	});

	it("knows its own refunds again", async () => {
		const payment = await taken();
		await payment.refund(4.2);
		await running.deliverAll((waiting) => waiting.toReversed());

		expect(await payment.row()).toMatchObject({ refunded_amount: "4.200" });
		expect(await payment.transfers()).toHaveLength(2);
	});

	it("finishes a refund of ours whose answer nobody heard", async () => {
		const payment = await taken();
		running.line.fail("refund", "answer lost");
		running.line.fail("find", "answer lost");
		await expect(payment.refund(4.2)).rejects.toMatchObject({ type: "REFUND_UNRESOLVED" });
		await running.deliverAll();

		expect(await payment.row()).toMatchObject({ refunded_amount: "4.200" });
		expect(world().refunds.get(intentOf(payment).id)).toHaveLength(1);
	});

	it("books a lost dispute as money given back, up to what was taken", async () => {
		const payment = await taken();
		await payment.refund(4.2);
		world().closeDispute(world().dispute(intentOf(payment).id, 1050), "lost");
		for (const event of running.events.splice(0)) await running.deliver(event);

		await until(async () => (await payment.row())?.status === "refunded");
		expect(await payment.row()).toMatchObject({ refunded_amount: "10.500" });
		expect(await ledgerCents(payment)).toBe(0);
		await comesToRest(payment);
	});
});

describe("a difference that an event brings to light", () => {
	it("is told at once, however old the payment is: a refund that the bank has sent back", async () => {
		const payment = await taken();
		await payment.refund(4.2);
		await running.deliverAll();
		await age(payment);
		for (const refund of world().refunds.get(intentOf(payment).id) ?? []) world().failRefund(refund);
		await running.deliverAll();

		expect(await told(payment)).toEqual(["provider-refund"]);
		expect(await payment.row()).toMatchObject({ status: "partially_refunded", refunded_amount: "4.200" });
	});

	it("is told at once and taken back when it is settled: a dispute", async () => {
		const payment = await taken();
		await running.deliverAll();
		await age(payment);
		const dispute = world().dispute(intentOf(payment).id, 1050);
		await running.deliverAll();
		expect(await told(payment)).toEqual(["provider-dispute"]);

		world().closeDispute(dispute, "won");
		await running.deliverAll();
		expect(await told(payment)).toEqual([]);
	});

	it("is not told while the payment moves, and is when it rests: a lost dispute beside a refund", async () => {
		const payment = await taken();
		await payment.refund(4.2);
		world().closeDispute(world().dispute(intentOf(payment).id, 1050), "lost");
		for (const event of running.events.splice(0)) await running.deliver(event);
		await until(async () => (await payment.row())?.status === "refunded");
		expect(await told(payment)).toEqual([]);

		await comesToRest(payment);
		expect(await told(payment)).toEqual(["provider-refund"]);
	});
});

describe("pain 1: nobody is charged without an order", () => {
	/** A payment that was declined, and its customer then pays at Stripe all the same. */
	async function paidAfterwards() {
		const payment = paymentOf(running);
		await payment.authorize("pm_card_chargeDeclined").catch(() => undefined);
		world().confirm(intentOf(payment), world().method("pm_card_visa"));
		return payment;
	}

	it("lets go a hold that comes after the payment has ended", async () => {
		const payment = await paidAfterwards();
		await running.deliverAll((waiting) => [...waiting, ...waiting]);

		expect(intentOf(payment).status).toBe("canceled");
		expect(await payment.row()).toMatchObject({ status: "failed" });
		expect(await payment.history()).toEqual(["declined", "released"]);
	});

	it("gives back money that was taken after the payment has ended, and shows both in the ledger", async () => {
		const payment = await paidAfterwards();
		world().capture(intentOf(payment).id, {});
		await running.deliverAll((waiting) => [...waiting, ...waiting.toReversed()]);

		expect(keptCents(payment)).toBe(0);
		expect(await payment.row()).toMatchObject({ status: "refunded", refunded_amount: "10.500", is_late: true });
		expect(await payment.transfers()).toMatchObject([{ cents: "1050" }, { cents: "1050" }]);
		expect(await payment.facts()).toEqual(["payment.failed", "payment.captured", "payment.refunded"]);
	});

	it("and pays no order with it: neither step of a checkout that was cut short goes on with it", async () => {
		const payment = await paidAfterwards();
		world().capture(intentOf(payment).id, {});
		await running.deliverAll();

		await expect(payment.authorize()).rejects.toMatchObject({ type: "PAYMENT_ENDED" });
		await expect(payment.capture()).rejects.toMatchObject({ type: "PAYMENT_NOT_CAPTURABLE" });
	});

	it("also of an order that has been paid otherwise since", async () => {
		const payment = await paidAfterwards();
		const second = paymentOf(running);
		await second.authorize("pm_card_visa", { orderId: payment.orderId });
		await second.capture();
		world().capture(intentOf(payment).id, {});
		await running.deliverAll();

		expect([keptCents(payment), keptCents(second)]).toEqual([0, 1050]);
	});

	it("and of a payment that was undone before it began", async () => {
		const payment = paymentOf(running);
		await payment.reverse();
		const form = { amount: "1050", currency: "eur", payment_method: "pm_card_visa" };
		const { id } = world().createIntent({ ...form, metadata: { paymentId: payment.paymentId } });
		world().capture(id, {});
		await running.deliverAll();

		expect(keptCents(payment)).toBe(0);
		expect(await payment.row()).toMatchObject({ status: "refunded", amount: "10.500", currency: "EUR" });
	});

	it("finishes the refund when the process dies after it has recorded the capture", async () => {
		const payment = await paidAfterwards();
		world().capture(intentOf(payment).id, {});
		running.line.fail("refund", "request lost");
		for (const event of running.events.splice(0)) await running.deliver(event);
		await until(async () => (await payment.row())?.status === "captured");

		await running.retry();
		await running.followed();
		expect(keptCents(payment)).toBe(0);
		expect(await payment.row()).toMatchObject({ status: "refunded" });
	});

	/** The next refund fails at Stripe, whose answer to its key that stays. */
	function burnNextRefund() {
		let isBurnt = false;
		running.stub.faultOf = ({ path }) => {
			if (isBurnt || !path.endsWith("refunds")) return undefined;
			isBurnt = true;
			return { kind: "failed before" };
		};
	}

	async function followUntil(isSo: () => boolean) {
		for (const event of running.events.splice(0)) await running.deliver(event);
		await until(() => running.retry().then(isSo), { everyMs: 50 });
		await running.followed();
	}

	it("begins the refund anew when the provider has refused it", async () => {
		const payment = await paidAfterwards();
		world().capture(intentOf(payment).id, {});
		burnNextRefund();
		await followUntil(() => keptCents(payment) === 0);

		expect(await payment.row()).toMatchObject({ status: "refunded", refunded_amount: "10.500" });
		expect(await payment.history()).toEqual(["declined", "captured", "refund_refused", "refunded"]);
	});

	it("gives up a second intent of one payment also when its first refund was refused", async () => {
		const payment = await taken();
		const form = { amount: "1050", currency: "eur", payment_method: "pm_card_visa" };
		const second = world().createIntent({ ...form, metadata: { paymentId: payment.paymentId } });
		world().capture(second.id, {});
		burnNextRefund();
		await followUntil(() => world().chargeOf(second).amount_refunded === 1050);

		expect(keptCents(payment)).toBe(1050);
	});

	it.each(["held", "captured"])("gives up a second intent of one payment: %s", async (status) => {
		const payment = await taken();
		const form = { amount: "1050", currency: "eur", payment_method: "pm_card_visa" };
		const second = world().createIntent({ ...form, metadata: { paymentId: payment.paymentId } });
		if (status === "captured") world().capture(second.id, {});
		await running.deliverAll();

		const kept = second.amount_received - world().chargeOf(second).amount_refunded;
		expect([second.status === "canceled" || kept === 0, keptCents(payment)]).toEqual([true, 1050]);
		expect(await payment.row()).toMatchObject({ status: "captured" });
	});

	it("does nothing to payments that are not this shop's", async () => {
		const form = { amount: "1050", currency: "eur", payment_method: "pm_card_visa" };
		const [nobodys, others] = [{}, { paymentId: running.service.newId() }].map((metadata) =>
			world().createIntent({ ...form, metadata }),
		);
		await running.deliverAll();

		expect([nobodys?.status, others?.status]).toEqual(["requires_capture", "requires_capture"]);
	});
});

it("keeps the ledger balanced through all of it", async () => {
	const [provider, sales] = await balances(running.service.db);
	expect(Number(provider?.balanceCents)).toBe(-Number(sales?.balanceCents));
});

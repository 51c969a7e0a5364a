import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { signatureOf } from "../../services/payments/providers/stripe/stripe-events.fixture.ts";
import type { StubEvent } from "../../services/payments/providers/stripe/stripe-events.fixture.ts";
import { STUB_KEY, StripeStub } from "../../services/payments/providers/stripe/stripe-stub.fixture.ts";
import { openFurnishedShop } from "../support/furnished-shop.ts";
import type { FurnishedShop } from "../support/furnished-shop.ts";
import { until } from "../support/wait.ts";

const SECRET = "whsec_e2e";
const stub = new StripeStub();
const events: StubEvent[] = [];
stub.world.onEvent = (event) => events.push(event);

let served: Awaited<ReturnType<StripeStub["serve"]>>;
let furnished: FurnishedShop;
beforeAll(async () => {
	served = await stub.serve();
	furnished = await openFurnishedShop({
		...{ PAYMENT_PROVIDER: "stripe", STRIPE_SECRET_KEY: STUB_KEY, STRIPE_API_URL: served.url },
		STRIPE_WEBHOOK_SECRET: SECRET,
	});
});
afterAll(async () => {
	await furnished.shop.close();
	await served.stop();
});

/** As Stripe sends it: bytes and their signature. */
const deliver = (payload: string, signature = signatureOf(payload, SECRET)) =>
	fetch(`${furnished.shop.premises.gateway}/webhooks/stripe`, {
		method: "POST",
		headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": signature },
		body: payload,
	});

const intentOf = (paymentId: string) => stub.world.labelled("paymentId", paymentId)[0];

describe("a shop over Stripe", () => {
	it("takes an order's money by a captured intent", async () => {
		const { eve, paymentOfEve } = furnished;
		const payment = await furnished.shop.send("GET", `/payments/${paymentOfEve}`, { token: eve.token });

		expect(payment.body).toMatchObject({ status: "captured", amount: 19.99 });
		expect(intentOf(paymentOfEve)).toMatchObject({ status: "succeeded", amount_received: 1999 });
	});

	it("answers a declined card by 402, and a saved card pays", async () => {
		const { eve, pendingOfEve, shop } = furnished;
		const pay = (paymentMethod: unknown) =>
			shop.send("POST", "/payments/process", { token: eve.token, body: { orderId: pendingOfEve, paymentMethod } });
		const declined = await pay("pm_card_chargeDeclinedInsufficientFunds");
		expect(declined).toMatchObject({ status: 402, body: { code: "PAYMENT_DECLINED" } });
		expect(declined.text).toContain("insufficient_funds");

		const saved = await shop.send("POST", "/payments/methods", { token: eve.token, body: { method: "pm_card_visa" } });
		expect(await pay(saved.body.method)).toMatchObject({ status: 201, body: { status: "captured" } });
	});

	it("books a refund that staff make at Stripe, whatever the order and number of its events", async () => {
		const { eve, paymentOfEve, orderOfEve, shop } = furnished;
		const intent = intentOf(paymentOfEve);
		stub.world.refund(intent?.id ?? "", { amount: "500" });
		for (const { payload } of [...events.splice(0).reverse(), ...events]) {
			expect((await deliver(payload)).status).toBe(200);
			expect((await deliver(payload)).status).toBe(200);
		}

		const read = async (path: string) => (await shop.send("GET", path, { token: eve.token })).body;
		await until(async () => (await read(`/payments/${paymentOfEve}`)).refundedAmount === 5, { what: "the refund" });
		await until(async () => (await read(`/orders/${orderOfEve}`)).paymentStatus === "partially_refunded");
	});

	it("refuses an event that is not signed over its bytes", async () => {
		for (const signature of [
			"",
			signatureOf('{"id":"evt_1" }', SECRET),
			signatureOf('{"id":"evt_1"}', "whsec_other"),
		]) {
			const answer = await deliver('{"id":"evt_1"}', signature);
			expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, "WEBHOOK_NOT_SIGNED"]);
		}
		expect((await deliver('{"id":"evt_1"}')).status).toBe(200);
	});
});

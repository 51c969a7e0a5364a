import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { call } from "../../contracts/action.ts";
import type { Meta } from "../../contracts/meta.ts";
import * as methods from "../../contracts/payment-methods.ts";
import { ListTransactions } from "../../contracts/transactions.ts";
import { startStripePayments } from "../following/stripe-payments.fixture.ts";
import { paymentOf, startPayments } from "../payments.fixture.ts";
import type { RunningPayments } from "../payments.fixture.ts";

const as = (userId: string): { meta: Meta } => ({
	meta: { principal: { userId, role: "customer", sessionId: userId } },
});

/** One customer's own methods. */
function customer({ broker }: RunningPayments, userId: string = randomUUID()) {
	const own = () => as(userId);
	return {
		userId,
		save: (method: string, isDefault?: boolean) => call(broker, methods.SaveMethod, { method, isDefault }, own()),
		list: async () => (await call(broker, methods.ListMethods, {}, own())).rows,
		get: (id: string) => call(broker, methods.GetMethod, { id }, own()),
		remove: (id: string) => call(broker, methods.RemoveMethod, { id }, own()),
		erase: () => call(broker, methods.ErasePaymentsUser, { userId }),
		taken: async () => (await call(broker, methods.ExportPaymentsUser, { userId })).data,
	};
}

describe("payment methods at the test provider", () => {
	let running: RunningPayments;
	beforeAll(async () => void (running = await startPayments()));
	afterAll(() => running.stop());

	it("are kept with what the provider tells of the card, the first as the default", async () => {
		const ada = customer(running);
		const visa = await ada.save("pm_card_visa");
		await ada.save("pm_card_amex");

		expect(visa).toMatchObject({ method: "pm_card_visa", brand: "visa", last4: "4242", isDefault: true });
		expect(await ada.get(visa.id)).toEqual(visa);
		expect(await ada.list()).toMatchObject([{ brand: "amex", isDefault: false }, visa]);
	});

	it("have one default, the last that was made it, whoever asks at once", async () => {
		const ada = customer(running);
		await Promise.all([ada.save("pm_card_visa", true), ada.save("pm_card_amex", true)]);
		const mastercard = await ada.save("pm_card_mastercard", true);
		expect((await ada.list()).filter(({ isDefault }) => isDefault)).toEqual([mastercard]);

		await ada.remove(mastercard.id);
		expect((await ada.list()).filter(({ isDefault }) => isDefault)).toHaveLength(1);
	});

	it("are kept once each", async () => {
		const ada = customer(running);
		const [first, again] = [await ada.save("pm_card_visa"), await ada.save("pm_card_visa", true)];

		expect(again.id).toBe(first.id);
		expect(await ada.list()).toHaveLength(1);
	});

	it("are nobody else's", async () => {
		const [ada, eve] = [customer(running), customer(running)];
		const { id } = await ada.save("pm_card_visa");

		await expect(eve.get(id)).rejects.toMatchObject({ type: "PAYMENT_METHOD_NOT_FOUND", code: 404 });
		await expect(eve.remove(id)).rejects.toMatchObject({ code: 404 });
		expect(await eve.list()).toEqual([]);
		await expect(call(running.broker, methods.ListMethods, {})).rejects.toMatchObject({ code: 401 });
	});

	it("are refused by the provider with a reason, and never taken as a card number", async () => {
		const ada = customer(running);

		await expect(ada.save("pm_nobodyKnows")).rejects.toMatchObject({ type: "PAYMENT_METHOD_REFUSED", code: 402 });
		for (const number of ["4242424242424242", "pm_4242424242424242"]) {
			await expect(ada.save(number)).rejects.toMatchObject({ type: "VALIDATION_FAILED", code: 422 });
		}
	});

	it("are shown to their owner and erased with him, and his payments stay", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		const ada = customer(running, payment.userId);
		await ada.save("pm_card_visa");
		expect(await ada.taken()).toMatchObject({
			paymentMethods: [{ last4: "4242" }],
			payments: [{ id: payment.paymentId }],
		});

		await ada.erase();
		await ada.erase();
		expect(await ada.taken()).toMatchObject({ paymentMethods: [], payments: [{ id: payment.paymentId }] });
	});

	it("is out of reach, and nothing changed, while the provider is", async () => {
		const ada = customer(running);
		const { vault } = running.service;
		running.service.vault = { ...vault, keep: () => Promise.reject(new Error("no line")) };
		await expect(ada.save("pm_card_visa")).rejects.toMatchObject({ code: 503 });
		running.service.vault = vault;

		expect(await ada.list()).toEqual([]);
	});

	it("and payments have a history, with the ledger's transfers", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		await payment.capture();
		await payment.refund(4.2);
		const list = (userId: string) => call(running.broker, ListTransactions, { id: payment.paymentId }, as(userId));

		expect((await list(payment.userId)).rows).toMatchObject([
			{ type: "refunded", amount: 4.2, reason: "damaged", ledger: { debit: "sales", credit: "provider" } },
			{ type: "captured", amount: 10.5, ledger: { debit: "provider", credit: "sales" } },
			{ type: "authorized", amount: 10.5, currency: "EUR", ledger: null },
		]);
		await expect(list(randomUUID())).rejects.toMatchObject({ type: "PAYMENT_NOT_FOUND" });
	});
});

describe("payment methods at Stripe", () => {
	let running: Awaited<ReturnType<typeof startStripePayments>>;
	beforeAll(async () => void (running = await startStripePayments()));
	afterAll(() => running.stop());

	it("are attached to a customer, paid with, and detached", async () => {
		const payment = paymentOf(running);
		const ada = customer(running, payment.userId);
		const saved = await ada.save("pm_card_visa");
		expect(saved).toMatchObject({ brand: "visa", last4: "4242", isDefault: true });
		expect(saved.method).not.toBe("pm_card_visa");

		await payment.authorize(saved.method);
		expect(await payment.row()).toMatchObject({ status: "authorized" });
		await ada.remove(saved.id);
		expect(running.stub.world.method(saved.method).customer).toBeNull();
	});

	it("of one customer pay for nobody else", async () => {
		const saved = await customer(running).save("pm_card_visa");
		const stranger = paymentOf(running);

		await expect(stranger.authorize(saved.method)).rejects.toMatchObject({ type: "PAYMENT_DECLINED" });
	});

	it("are refused when Stripe does not know them, and erased there with the customer", async () => {
		const ada = customer(running);
		await expect(ada.save("pm_unknown")).rejects.toMatchObject({ data: { reason: "resource_missing" } });
		await ada.save("pm_card_visa");
		await ada.save("pm_card_amex");
		const before = running.stub.world.customers.size;

		await ada.erase();
		expect(await ada.list()).toEqual([]);
		expect(running.stub.world.customers.size).toBe(before - 1);
	});
});

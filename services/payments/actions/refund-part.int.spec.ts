import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import { paymentOf, startPayments } from "../payments.fixture.ts";
import type { RunningPayments } from "../payments.fixture.ts";
import { recoverRefunds } from "../settlement/recover-refunds.ts";

let running: RunningPayments;
beforeAll(async () => void (running = await startPayments()));
afterAll(() => running.stop());

const MAKE_DUE = statement("spec.due", "update refunds set attempt_after = now() - interval '1 s'");
const UNKNOWN = { type: "PAYMENT_OUTCOME_UNKNOWN", code: 503, retryable: true };

async function taken() {
	const payment = paymentOf(running);
	await payment.authorize();
	await payment.capture();
	return payment;
}

const given = (payment: Awaited<ReturnType<typeof taken>>) =>
	payment.effects().flatMap(({ kind, amountCents }) => (kind === "refunded" ? [amountCents] : []));

describe("refundPart", () => {
	it("gives back an exact part, in the ledger and to whoever reads payment.refunded", async () => {
		const payment = await taken();

		expect(await payment.refundPart(randomUUID(), 333)).toEqual({ refundedCents: 333 });
		expect(await payment.row()).toMatchObject({ status: "partially_refunded", refunded_amount: "3.330" });
		expect(await payment.transfers()).toMatchObject([{ cents: "1050" }, { cents: "333" }]);
		expect(await payment.facts()).toEqual(["payment.captured", "payment.refunded"]);
	});

	it("gives back once for a refundId, however often and however many at once", async () => {
		const payment = await taken();
		const refundId = randomUUID();

		const answers = await Promise.all(Array.from({ length: 6 }, () => payment.refundPart(refundId, 400)));
		expect(await payment.refundPart(refundId, 400)).toEqual({ refundedCents: 400 });
		expect(new Set(answers.map(({ refundedCents }) => refundedCents))).toEqual(new Set([400]));
		expect(given(payment)).toEqual([400]);
	});

	it("pain 17: parts never exceed the capture, to the cent", async () => {
		const payment = await taken();
		await payment.refundPart(randomUUID(), 350);
		await payment.refundPart(randomUUID(), 350);

		await expect(payment.refundPart(randomUUID(), 351)).rejects.toMatchObject({
			type: "REFUND_TOO_LARGE",
			data: { refundable: 3.5 },
		});
		await payment.refundPart(randomUUID(), 350);
		expect(await payment.row()).toMatchObject({ status: "refunded", refunded_amount: "10.500" });
	});

	it("refuses a payment that is unknown, or not captured", async () => {
		const held = paymentOf(running);
		await held.authorize();

		await expect(paymentOf(running).refundPart(randomUUID(), 1)).rejects.toMatchObject({ type: "PAYMENT_NOT_FOUND" });
		await expect(held.refundPart(randomUUID(), 1)).rejects.toMatchObject({ type: "PAYMENT_NOT_REFUNDABLE" });
	});

	it("refuses a refundId of another payment, and keeps the first amount of a refundId", async () => {
		const [payment, other] = [await taken(), await taken()];
		const refundId = randomUUID();
		await payment.refundPart(refundId, 100);

		await expect(other.refundPart(refundId, 100)).rejects.toMatchObject({ type: "REFUND_REFUSED" });
		expect(await payment.refundPart(refundId, 101)).toEqual({ refundedCents: 100 });
		expect([given(payment), given(other)]).toEqual([[100], []]);
	});

	it("asks the provider anew, under another key, when it has refused", async () => {
		const payment = await taken();
		const refundId = randomUUID();
		const { provider } = running.service;
		const refused = { status: "refused", reason: "insufficient funds" } as const;
		running.service.provider = { ...provider, refund: () => Promise.resolve(refused) };
		await expect(payment.refundPart(refundId, 100)).rejects.toMatchObject({
			type: "REFUND_REFUSED",
			data: { reason: "insufficient funds" },
		});
		running.service.provider = provider;

		await expect(payment.refundPart(refundId, 100)).resolves.toEqual({ refundedCents: 100 });
		const [key] = payment.effects().flatMap((effect) => (effect.kind === "refunded" ? [effect.key] : []));
		expect(key).toMatch(new RegExp(`^${refundId}:refund:.`));
	});

	it("is to be sent again while the outcome is unknown, and finds what the recovery did meanwhile", async () => {
		const payment = await taken();
		const refundId = randomUUID();
		running.line.fail("refund", "request lost");
		await expect(payment.refundPart(refundId, 200)).rejects.toMatchObject(UNKNOWN);

		await running.service.db.query(MAKE_DUE);
		await recoverRefunds(running.service);
		expect(await payment.refundPart(refundId, 200)).toEqual({ refundedCents: 200 });
		expect(given(payment)).toEqual([200]);
	});
});

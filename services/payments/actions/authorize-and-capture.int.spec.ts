import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { until } from "../../../test/support/wait.ts";
import { paymentOf, startPayments } from "../payments.fixture.ts";
import type { RunningPayments } from "../payments.fixture.ts";

let running: RunningPayments;
beforeAll(async () => void (running = await startPayments()));
afterAll(() => running.stop());

/** The statements a piece of work ran on the pool, without the relay's. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
	const from = running.statements.length;
	await work();
	return running.statements.slice(from).filter((name) => name.startsWith("payments."));
}

const UNKNOWN = { type: "PAYMENT_OUTCOME_UNKNOWN", code: 503, retryable: true };

describe("authorize", () => {
	it("holds the money in two statements: the intent with its keys, then the outcome", async () => {
		const payment = paymentOf(running);

		expect(await statementsOf(() => payment.authorize())).toEqual(["payments.insert", "payments.update"]);
		expect(await payment.row()).toMatchObject({
			status: "authorized",
			amount: "10.500",
			authorize_key: `${payment.paymentId}:authorize`,
		});
		expect(payment.effects()).toMatchObject([{ kind: "authorized", amountCents: 1050 }]);
	});

	it("stores the keys before the provider is called", async () => {
		const payment = paymentOf(running);
		running.line.fail("authorize", "request lost");

		await expect(payment.authorize()).rejects.toMatchObject(UNKNOWN);
		expect(await payment.row()).toMatchObject({ status: "pending", authorize_key: `${payment.paymentId}:authorize` });
	});

	it("returns its stored result when the step is repeated", async () => {
		const payment = paymentOf(running);
		await payment.authorize();

		await expect(payment.authorize()).resolves.toBeNull();
		await payment.capture();
		await expect(payment.authorize()).resolves.toBeNull();
		expect(payment.effects()).toHaveLength(2);
	});

	it("holds once when the same step runs several times at once", async () => {
		for (const payment of Array.from({ length: 10 }, () => paymentOf(running))) {
			await Promise.all(Array.from({ length: 8 }, () => payment.authorize()));
			expect(payment.effects()).toHaveLength(1);
		}
	});

	it("keeps a refusal with its reason and publishes it once", async () => {
		const payment = paymentOf(running);
		const declined = { type: "PAYMENT_DECLINED", code: 402, data: { reason: "card_declined" } };

		await expect(payment.authorize("pm_card_chargeDeclined")).rejects.toMatchObject(declined);
		await expect(payment.authorize("pm_card_chargeDeclined")).rejects.toMatchObject(declined);
		expect(await payment.row()).toMatchObject({ status: "failed" });
		await until(() => payment.published().length > 0, { what: "payment.failed" });
		expect(payment.published()).toMatchObject([{ name: "payment.failed", data: { amount: 10.5 } }]);
	});

	it("asks what came of a payment whose answer is late, and finds it charged", async () => {
		const payment = paymentOf(running);

		await payment.authorize("pm_test_timeout");
		expect(await payment.row()).toMatchObject({ status: "authorized" });
	});

	it("is to be sent again with the same key while the provider is unavailable", async () => {
		const payment = paymentOf(running);

		await expect(payment.authorize("pm_test_unavailable")).rejects.toMatchObject(UNKNOWN);
		await expect(payment.authorize("pm_test_unavailable")).rejects.toMatchObject(UNKNOWN);
		await expect(payment.authorize("pm_test_unavailable")).resolves.toBeNull();
		expect(payment.effects()).toHaveLength(1);
	});

	it("finds the hold of a process that ended before it recorded it", async () => {
		const payment = paymentOf(running);
		running.line.fail("authorize", "answer lost");
		running.line.fail("find", "no answer");
		await expect(payment.authorize()).rejects.toMatchObject(UNKNOWN);

		await payment.authorize();
		expect(payment.effects()).toHaveLength(1);
	});

	it("refuses a second payment of an order before the provider hears of it, until the first has failed", async () => {
		const [first, second] = [paymentOf(running), paymentOf(running)];
		const order = { orderId: first.orderId };
		await first.authorize();
		await expect(second.authorize("pm_card_visa", order)).rejects.toMatchObject({
			type: "ORDER_HAS_PAYMENT",
			code: 409,
		});
		expect(second.effects()).toEqual([]);

		await first.reverse();
		await second.authorize("pm_card_visa", order);
		expect(second.effects()).toHaveLength(1);
	});
});

describe("capture", () => {
	it("takes the money in one read and one write, with its transfer and its fact", async () => {
		const payment = paymentOf(running);
		await payment.authorize();

		expect(await statementsOf(() => payment.capture())).toEqual(["payments.find", "payments.update"]);
		expect(await payment.row()).toMatchObject({ status: "captured" });
		expect(await payment.transfers()).toEqual([{ debit: "provider", credit: "sales", cents: "1050" }]);
		await until(() => payment.published().length > 0, { what: "payment.captured" });
		expect(payment.published()).toMatchObject([{ name: "payment.captured", sequence: 1, data: { amount: 10.5 } }]);
	});

	it("is one capture however often it is sent", async () => {
		const payment = paymentOf(running);
		await payment.authorize();

		await Promise.all(Array.from({ length: 8 }, () => payment.capture()));
		await payment.capture();
		expect(payment.effects().map(({ kind }) => kind)).toEqual(["authorized", "captured"]);
		expect(await payment.transfers()).toHaveLength(1);
		expect(await payment.facts()).toEqual(["payment.captured"]);
	});

	it("finds the capture whose answer was lost", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		running.line.fail("capture", "no answer");

		await payment.capture();
		expect(await payment.row()).toMatchObject({ status: "captured" });
	});

	it("books nothing for a free order", async () => {
		const payment = paymentOf(running);
		await payment.authorize("pm_card_visa", { amountCents: 0 });
		await payment.capture();

		expect(await payment.transfers()).toEqual([]);
		expect(await payment.reverse()).toBe("refunded");
	});

	it("refuses a payment that is unknown, undone or declined", async () => {
		const [unknown, undone, declined] = [paymentOf(running), paymentOf(running), paymentOf(running)];
		await undone.reverse();
		await declined.authorize("pm_card_chargeDeclined").catch(() => undefined);

		await expect(unknown.capture()).rejects.toMatchObject({ type: "PAYMENT_NOT_FOUND" });
		await expect(undone.capture()).rejects.toMatchObject({
			type: "PAYMENT_NOT_CAPTURABLE",
			data: { status: "voided" },
		});
		await expect(declined.capture()).rejects.toMatchObject({ data: { status: "failed" } });
	});

	it("refuses a hold that was let go at the provider and not recorded yet", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		const reference = payment.effects()[0]?.reference ?? "";
		await running.line.void({ key: `${payment.paymentId}:void`, reference });

		await expect(payment.capture()).rejects.toMatchObject({ type: "PAYMENT_NOT_CAPTURABLE", code: 409 });
		expect(await payment.reverse()).toBe("voided");
	});
});

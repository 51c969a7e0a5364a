import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { until } from "../../../test/support/wait.ts";
import { paymentOf, startPayments } from "../payments.fixture.ts";
import type { RunningPayments } from "../payments.fixture.ts";
import { authorizing } from "../providers/requests.fixture.ts";
import { balances } from "../storage/ledger.fixture.ts";

let running: RunningPayments;
beforeAll(async () => void (running = await startPayments()));
afterAll(() => running.stop());

/** What the provider still holds or has kept, by its own journal. */
function keptCents(): number {
	const signs = { authorized: 1, declined: 0, captured: 0, voided: -1, refunded: -1 };
	return running.effects.reduce((sum, { kind, amountCents }) => sum + signs[kind] * amountCents, 0);
}

// Every payment of this file is reversed in the end.
afterEach(async () => {
	expect(keptCents()).toBe(0);
	for (const { balanceCents } of await balances(running.service.db)) expect(balanceCents).toBe("0");
});

describe("reverse", () => {
	it("refuses an authorize that comes after it, before the provider hears of it", async () => {
		const payment = paymentOf(running);

		expect(await payment.reverse()).toBe("nothing");
		expect(await payment.reverse()).toBe("nothing");
		await expect(payment.authorize()).rejects.toMatchObject({ type: "PAYMENT_ENDED", code: 409, retryable: false });
		expect(payment.effects()).toEqual([]);
	});

	it("leaves room for another payment of the order", async () => {
		const [first, second] = [paymentOf(running), paymentOf(running)];
		await first.reverse();

		await second.authorize("pm_card_visa", { orderId: first.orderId });
		expect(await second.reverse()).toBe("voided");
	});

	it("has nothing to do for a declined payment", async () => {
		const payment = paymentOf(running);
		await payment.authorize("pm_card_chargeDeclined").catch(() => undefined);

		expect(await payment.reverse()).toBe("nothing");
	});

	it("lets a hold go, once", async () => {
		const payment = paymentOf(running);
		await payment.authorize();

		expect(await payment.reverse()).toBe("voided");
		expect(await payment.reverse()).toBe("voided");
		await expect(payment.capture()).rejects.toMatchObject({ type: "PAYMENT_NOT_CAPTURABLE" });
		expect(payment.effects().map(({ kind }) => kind)).toEqual(["authorized", "voided"]);
	});

	it("lets go a hold that nobody recorded", async () => {
		const payment = paymentOf(running);
		running.line.fail("authorize", "answer lost");
		running.line.fail("find", "answer lost");
		await payment.authorize().catch(() => undefined);

		expect(await payment.reverse()).toBe("voided");
	});

	it("leaves nothing for a request that reaches the provider after it", async () => {
		const payment = paymentOf(running);
		running.line.fail("authorize", "request lost");
		await payment.authorize().catch(() => undefined);
		expect(await payment.reverse()).toBe("voided");

		const key = `${payment.paymentId}:authorize`;
		await running.line.authorize(authorizing(key));
		expect(payment.effects().map(({ kind }) => kind)).toEqual(["authorized", "voided"]);
	});

	it("wins over an authorize whose answer is still on its way", async () => {
		const payment = paymentOf(running);
		running.line.fail("authorize", "no answer");
		const authorizing = payment.authorize().catch((error: unknown) => error);
		await until(() => running.line.calls.includes(`authorize ${payment.paymentId}:authorize`));

		expect(await payment.reverse()).toBe("voided");
		expect(await authorizing).toMatchObject({ type: "PAYMENT_ENDED" });
		expect(await payment.row()).toMatchObject({ status: "voided" });
	});

	it("is to be sent again while the provider does not answer", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		running.line.fail("void", "request lost");

		await expect(payment.reverse()).rejects.toMatchObject({ type: "PAYMENT_OUTCOME_UNKNOWN", retryable: true });
		expect(await payment.reverse()).toBe("voided");
	});

	it("gives back what was captured, in the ledger and to the order's reader", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		await payment.capture();

		expect(await payment.reverse()).toBe("refunded");
		expect(await payment.reverse()).toBe("refunded");
		expect(await payment.row()).toMatchObject({ status: "refunded", refunded_amount: "10.500" });
		expect(await payment.transfers()).toHaveLength(2);
		expect(await payment.facts()).toEqual(["payment.captured", "payment.refunded"]);
	});

	it("gives back the rest of what was refunded in part", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		await payment.capture();
		await payment.refund(4.2);

		expect(await payment.reverse()).toBe("refunded");
		expect(payment.effects().slice(2)).toMatchObject([{ amountCents: 420 }, { amountCents: 630 }]);
	});

	it("settles a refund of unknown outcome before it gives back the rest", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		await payment.capture();
		running.line.fail("refund", "request lost");
		await payment.refund(4.2).catch(() => undefined);

		expect(await payment.reverse()).toBe("refunded");
		expect(await payment.row()).toMatchObject({ status: "refunded", refunded_amount: "10.500" });
	});

	it("records a capture that only the provider knows of, then gives it back", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		running.line.fail("capture", "answer lost");
		running.line.fail("find", "request lost");
		await expect(payment.capture()).rejects.toMatchObject({ retryable: true });

		expect(await payment.reverse()).toBe("refunded");
		expect(await payment.facts()).toEqual(["payment.captured", "payment.refunded"]);
	});

	it("waits when a hold is neither voidable nor known to be captured", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		const { provider } = running.service;
		const refused = { status: "refused", reason: "busy" } as const;
		running.service.provider = { ...provider, void: () => Promise.resolve(refused) };
		await expect(payment.reverse()).rejects.toMatchObject({ type: "PAYMENT_OUTCOME_UNKNOWN" });

		running.service.provider = provider;
		expect(await payment.reverse()).toBe("voided");
	});

	it("gives back once when it runs several times at once", async () => {
		const payment = paymentOf(running);
		await payment.authorize();
		await payment.capture();

		const outcomes = await Promise.all(Array.from({ length: 6 }, () => payment.reverse()));
		expect(new Set(outcomes)).toEqual(new Set(["refunded"]));
		expect(await payment.facts()).toEqual(["payment.captured", "payment.refunded"]);
	});
});

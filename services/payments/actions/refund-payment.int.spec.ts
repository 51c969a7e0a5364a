import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Meta, Replay } from "../../contracts/meta.ts";
import { RefundPayment } from "../../contracts/payments.ts";
import { statement } from "../../../mixins/sql/database.ts";
import { paymentOf, startPayments } from "../payments.fixture.ts";
import type { RunningPayments } from "../payments.fixture.ts";
import { recoverRefunds } from "../settlement/recover-refunds.ts";
import { balances } from "../storage/ledger.fixture.ts";

let running: RunningPayments;
beforeAll(async () => void (running = await startPayments()));
afterAll(() => running.stop());

async function taken() {
	const payment = paymentOf(running);
	await payment.authorize();
	await payment.capture();
	return payment;
}

const keyed = (key: string, fingerprint = "body"): Meta => ({
	operation: { key, fingerprint, deadlineMs: Date.now() + 5_000 },
});

const MAKE_DUE = statement(
	"spec.due",
	"update refunds set attempt_after = now() - interval '1 s' where payment_id = $1",
);
async function recover(payment: { paymentId: string }): Promise<void> {
	await running.service.db.query(MAKE_DUE, [payment.paymentId]);
	await recoverRefunds(running.service);
}

describe("refund", () => {
	it("gives back a part, then what is left", async () => {
		const payment = await taken();

		expect(await payment.refund(4.2)).toMatchObject({
			status: "partially_refunded",
			amount: 10.5,
			refundedAmount: 4.2,
		});
		const answer = await payment.refund();
		expect(answer).toMatchObject({ id: payment.paymentId, status: "refunded", refundedAmount: 10.5 });
		expect(RefundPayment.result.parse(answer)).toEqual(answer);
		expect(await payment.transfers()).toEqual([
			{ debit: "provider", credit: "sales", cents: "1050" },
			{ debit: "sales", credit: "provider", cents: "420" },
			{ debit: "sales", credit: "provider", cents: "630" },
		]);
		expect(await payment.facts()).toEqual(["payment.captured", "payment.refunded", "payment.refunded"]);
	});

	it("never gives back more than was captured, however many ask at once", async () => {
		const payment = await taken();

		const answers = await Promise.allSettled(Array.from({ length: 10 }, () => payment.refund(3)));
		expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
		expect(await payment.row()).toMatchObject({ refunded_amount: "9.000" });
		await expect(payment.refund(3)).rejects.toMatchObject({ type: "REFUND_TOO_LARGE", data: { refundable: 1.5 } });
	});

	it("refuses an unknown payment, one that is not captured, and a fraction of a cent", async () => {
		const held = paymentOf(running);
		await held.authorize();
		const payment = await taken();

		await expect(paymentOf(running).refund(1)).rejects.toMatchObject({ type: "PAYMENT_NOT_FOUND", code: 404 });
		await expect(held.refund(1)).rejects.toMatchObject({ type: "PAYMENT_NOT_REFUNDABLE", code: 409 });
		await expect(payment.refund(0.001)).rejects.toMatchObject({ type: "VALIDATION_FAILED", code: 422 });
	});

	it("finds the refund whose answer was lost", async () => {
		const payment = await taken();
		running.line.fail("refund", "no answer");

		expect(await payment.refund(1)).toMatchObject({ refundedAmount: 1 });
	});
});

describe("a refund of unknown outcome", () => {
	it("is kept, counts as given, and is finished by the recovery", async () => {
		const payment = await taken();
		running.line.fail("refund", "request lost");

		await expect(payment.refund(10)).rejects.toMatchObject({ type: "REFUND_UNRESOLVED", code: 503, retryable: false });
		await expect(payment.refund(1)).rejects.toMatchObject({ type: "REFUND_TOO_LARGE", data: { refundable: 0.5 } });
		await recover(payment);
		expect(await payment.row()).toMatchObject({ status: "partially_refunded", refunded_amount: "10.000" });
		expect(payment.effects().filter(({ kind }) => kind === "refunded")).toHaveLength(1);
	});

	it("stays with the recovery while the provider is away, and is left alone while it is new", async () => {
		const payment = await taken();
		running.line.fail("refund", "request lost", "request lost");
		await payment.refund(1).catch(() => undefined);

		await recoverRefunds(running.service);
		expect(payment.effects().filter(({ kind }) => kind === "refunded")).toHaveLength(0);
		await recover(payment);
		expect(await payment.row()).toMatchObject({ refunded_amount: "0.000" });
		await recover(payment);
		expect(await payment.row()).toMatchObject({ refunded_amount: "1.000" });
	});
});

describe("an Idempotency-Key", () => {
	async function replayed(payment: Awaited<ReturnType<typeof taken>>, meta: Meta): Promise<Replay | undefined> {
		await payment.refund(1, meta);
		return meta.$replay;
	}

	it("gives back once and replays the first answer to the byte", async () => {
		const payment = await taken();
		const answers = await Promise.allSettled(Array.from({ length: 6 }, () => payment.refund(1, keyed("k-once"))));
		const first = answers.find((answer) => answer.status === "fulfilled");
		const busy = answers.filter((answer) => answer.status === "rejected");
		for (const { reason } of busy) expect(reason).toMatchObject({ type: "IDEMPOTENCY_KEY_IN_USE", code: 409 });

		const stored = await replayed(payment, keyed("k-once"));
		expect(stored).toEqual({ key: "k-once", status: 201, body: JSON.stringify(first?.value) });
		expect(await payment.row()).toMatchObject({ refunded_amount: "1.000" });
	});

	it("is refused with another body", async () => {
		const payment = await taken();
		await payment.refund(1, keyed("k-other"));

		await expect(payment.refund(2, keyed("k-other", "another"))).rejects.toMatchObject({
			type: "IDEMPOTENCY_KEY_REUSED",
		});
	});

	it("is free again after a refusal without effect", async () => {
		const payment = await taken();
		await expect(payment.refund(99, keyed("k-free"))).rejects.toMatchObject({ type: "REFUND_TOO_LARGE" });

		await expect(payment.refund(1, keyed("k-free"))).resolves.toMatchObject({ refundedAmount: 1 });
	});

	it("gets its answer from the recovery when the first request ended without one", async () => {
		const payment = await taken();
		running.line.fail("refund", "request lost");
		await payment.refund(1, keyed("k-lost")).catch(() => undefined);
		await expect(payment.refund(1, keyed("k-lost"))).rejects.toMatchObject({ type: "IDEMPOTENCY_KEY_IN_USE" });

		await recover(payment);
		expect(await replayed(payment, keyed("k-lost"))).toMatchObject({ status: 201 });
		expect(await payment.row()).toMatchObject({ refunded_amount: "1.000" });
	});

	it("replays the provider's refusal, which frees the amount", async () => {
		const payment = await taken();
		const { provider } = running.service;
		const refused = { status: "refused", reason: "account closed" } as const;
		running.service.provider = { ...provider, refund: () => Promise.resolve(refused) };
		const refusal = { type: "REFUND_REFUSED", code: 409, data: { reason: "account closed" } };
		await expect(payment.refund(1, keyed("k-refused"))).rejects.toMatchObject(refusal);
		await expect(payment.reverse()).rejects.toMatchObject(refusal);
		running.service.provider = provider;

		const stored = await replayed(payment, keyed("k-refused"));
		expect(stored).toMatchObject({ status: 409 });
		expect(JSON.parse(stored?.body ?? "")).toMatchObject({ code: "REFUND_REFUSED", status: 409 });
		expect(await payment.refund()).toMatchObject({ status: "refunded" });
	});
});

describe("the ledger", () => {
	const SUMS = statement<{ net: string }>(
		"spec.net",
		"select sum(amount - refunded_amount) as net from payments where status <> 'authorized'",
	);

	it("balances, and shows at the provider what was captured and not refunded", async () => {
		const [provider, sales] = await balances(running.service.db);
		const [sums] = await running.service.db.query(SUMS);

		expect(provider).toMatchObject({ account: "provider", currency: "EUR" });
		expect(Number(provider?.balanceCents)).toBe(-Number(sales?.balanceCents));
		expect(Number(provider?.balanceCents)).toBe(Math.round(Number(sums?.net) * 100));
	});

	it.each(["update transfers set amount_cents = 1", "delete from transfers", "truncate transfers"])(
		"refuses to %s",
		async (sql) => {
			await expect(running.service.db.query(statement(`spec.${sql}`, sql))).rejects.toThrow("append-only");
		},
	);
});

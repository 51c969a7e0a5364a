import { describe, expect, it } from "@jest/globals";
import { patient } from "../patient-provider.ts";
import { describeProvider } from "../provider.conformance.fixture.ts";
import { authorizing, capturing, refunding } from "../requests.fixture.ts";
import { openStripe } from "./client.ts";
import { StripeProvider } from "./stripe-provider.ts";
import { STUB_KEY, StripeStub } from "./stripe-stub.fixture.ts";
import type { StubFault } from "./stripe-stub.fixture.ts";
import { StubClient } from "./stub-client.fixture.ts";

const HOUR_MS = 3_600_000;

/** Stripe's own SDK on the stub; `hurried` waits for nothing that the stub does on purpose. */
function open({ secretKey = STUB_KEY, now = () => new Date(), customer = null as string | null } = {}) {
	const stub = new StripeStub();
	const stripe = openStripe({ secretKey, httpClient: new StubClient(stub) });
	const direct = new StripeProvider({ stripe, now, customerOf: () => Promise.resolve(customer) });
	const faults: string[] = [];
	const provider = patient(direct, { timeoutMs: 300, report: (fault) => faults.push(fault) });
	return { stub, provider, direct, faults };
}

/** The next requests to a path go wrong like this. */
function fail(stub: StripeStub, path: RegExp, ...faults: StubFault["kind"][]): void {
	const planned = [...faults];
	stub.faultOf = (request) => {
		const kind = path.test(request.path) ? planned.shift() : undefined;
		return kind === "late" ? { kind, ms: 1_000 } : kind && { kind };
	};
}

const captures = (stub: StripeStub) => [...stub.world.captures.values()].reduce((sum, count) => sum + count, 0);

describeProvider(() => {
	const { stub, provider } = open();
	const charges = () => [...stub.world.charges.values()];
	return {
		provider,
		holds: () => charges().filter(({ paid }) => paid).length,
		captures: () => captures(stub),
		refundedCents: () => charges().reduce((sum, { amount_refunded: refunded }) => sum + refunded, 0),
	};
});

describe("a payment over Stripe", () => {
	it("is held by a confirmed intent that is captured by hand, and names payment and order", async () => {
		const { stub, provider } = open();
		await provider.authorize(authorizing());

		const [intent] = stub.world.intents.values();
		expect(intent).toMatchObject({
			...{ amount: 1050, currency: "eur", capture_method: "manual", status: "requires_capture" },
			metadata: { paymentId: "p", orderId: "o" },
		});
	});

	it("names the customer whose saved method it is", async () => {
		const { stub, provider } = open({ customer: "cus_stub0000000000000001" });
		const { id: customer } = stub.world.createCustomer();
		const { id: method } = stub.world.attach("pm_card_visa", customer);

		expect(await provider.authorize(authorizing("p:authorize", { method }))).toMatchObject({ status: "authorized" });
		const stranger = open().provider.authorize(authorizing("q:authorize", { method }));
		expect(await stranger).toEqual({ status: "declined", reason: "resource_missing" });
	});

	it.each([
		["pm_card_chargeDeclined", "generic_decline"],
		["pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"],
		["pm_card_chargeDeclinedExpiredCard", "expired_card"],
		["pm_card_chargeDeclinedFraudulent", "card_declined"],
		["pm_card_authenticationRequired", "authentication_required"],
		["pm_unknown", "resource_missing"],
	])("with %s is declined: %s", async (method, reason) => {
		const { provider, faults } = open();

		expect(await provider.authorize(authorizing("p:authorize", { method }))).toEqual({ status: "declined", reason });
		expect(faults).toEqual([]);
	});

	it("that waits for an authentication all the same is refused for good", async () => {
		const { stub, provider } = open();
		const { world } = stub;
		const confirm = world.confirm.bind(world);
		world.confirm = (intent, method) => confirm(intent, method, false);

		const outcome = await provider.authorize(authorizing("p:authorize", { method: "pm_card_authenticationRequired" }));
		expect(outcome).toEqual({ status: "declined", reason: "authentication_required" });
		expect([...world.intents.values()]).toMatchObject([{ status: "canceled" }]);
	});

	it("below Stripe's least amount is refused", async () => {
		const { provider } = open();
		const outcome = await provider.authorize(authorizing("p:authorize", { amountCents: 49 }));
		expect(outcome).toEqual({ status: "declined", reason: "amount_too_small" });
	});
});

describe("an unknown outcome over Stripe", () => {
	const UNKNOWN = { type: "PAYMENT_OUTCOME_UNKNOWN", retryable: true };

	it.each<StubFault["kind"][]>([["late"], ["failed after"], ["answer lost", "answer lost", "answer lost"]])(
		"is found in the books: %s",
		async (...faults) => {
			const { stub, provider } = open();
			fail(stub, /payment_intents$/, ...faults);

			expect(await provider.authorize(authorizing())).toMatchObject({ status: "authorized" });
			expect(stub.world.intents.size).toBe(1);
		},
	);

	it("is found by the list while the search does not know it yet", async () => {
		const { stub, provider } = open();
		stub.searchLagMs = HOUR_MS;
		fail(stub, /payment_intents$/, "failed after");

		expect(await provider.authorize(authorizing())).toMatchObject({ status: "authorized" });
		expect(stub.requests.slice(1)).toEqual(["GET /v1/payment_intents/search", "GET /v1/payment_intents"]);
	});

	it.each<StubFault["kind"]>(["request lost", "too many", "conflict", "failed before"])(
		"is to be asked again, and no refusal: %s",
		async (kind) => {
			const { stub, provider } = open();
			fail(stub, /payment_intents$/, kind, kind, kind);
			await expect(provider.authorize(authorizing())).rejects.toMatchObject(UNKNOWN);
			expect(stub.world.intents.size).toBe(0);
		},
	);

	it("is a refusal once Stripe only repeats its own failure, and its books show nothing", async () => {
		const { stub, provider } = open();
		fail(stub, /payment_intents$/, "failed before");
		await expect(provider.authorize(authorizing())).rejects.toMatchObject(UNKNOWN);

		expect(await provider.authorize(authorizing())).toEqual({ status: "declined", reason: "provider_error" });
	});

	it("of a capture or a void is settled under another key when the first only repeats a failure", async () => {
		const { stub, direct } = open();
		const outcome = await direct.authorize(authorizing());
		const reference = outcome.status === "authorized" ? outcome.reference : "";
		fail(stub, /capture$/, "failed before");
		await expect(direct.capture(capturing(reference))).rejects.toThrow("unknown error");

		expect(await direct.capture(capturing(reference))).toEqual({ status: "captured" });
		expect(captures(stub)).toBe(1);
	});

	it("of a refund is a refusal when the key only repeats a failure, and no refund shows the key", async () => {
		const { stub, direct } = open();
		const outcome = await direct.authorize(authorizing());
		const reference = outcome.status === "authorized" ? outcome.reference : "";
		await direct.capture(capturing(reference));
		fail(stub, /refunds$/, "failed before");
		await expect(direct.refund(refunding(reference, 100))).rejects.toThrow("unknown error");
		expect(await direct.refund(refunding(reference, 100))).toMatchObject({ status: "refused" });

		fail(stub, /refunds$/, "failed after");
		await expect(direct.refund(refunding(reference, 100, "s:refund"))).rejects.toThrow("unknown error");
		expect(await direct.refund(refunding(reference, 100, "s:refund"))).toEqual({ status: "refunded" });
		expect(stub.world.refunds.get(reference)).toHaveLength(1);
	});

	it("says nothing of a payment when the secret key is wrong", async () => {
		const { provider, faults } = open({ secretKey: "sk_test_other" });

		await expect(provider.authorize(authorizing())).rejects.toMatchObject(UNKNOWN);
		expect(faults.join()).toContain("Invalid API Key");
	});
});

describe("a key that Stripe has forgotten", () => {
	it("makes no second hold: what is older than its key is looked up", async () => {
		let nowMs = Date.now();
		const { stub, provider } = open({ now: () => new Date(nowMs) });
		const request = authorizing();
		const first = await provider.authorize(request);
		stub.remembers = false;
		nowMs += 24 * HOUR_MS;

		expect(await provider.authorize(request)).toEqual(first);
		expect(await provider.authorize({ ...request, paymentId: "q", key: "q:authorize" })).toEqual({
			status: "declined",
			reason: "expired",
		});
		expect(stub.world.intents.size).toBe(1);
	});

	it("gives nothing back twice", async () => {
		const { stub, provider } = open();
		const outcome = await provider.authorize(authorizing());
		const reference = outcome.status === "authorized" ? outcome.reference : "";
		await provider.capture(capturing(reference));
		await provider.refund(refunding(reference, 100));
		stub.remembers = false;

		expect(await provider.refund(refunding(reference, 100))).toEqual({ status: "refunded" });
		expect(stub.world.refunds.get(reference)).toHaveLength(1);
	});
});

describe("Stripe's books", () => {
	async function taken() {
		const { stub, provider } = open();
		const outcome = await provider.authorize(authorizing());
		const reference = outcome.status === "authorized" ? outcome.reference : "";
		await provider.capture(capturing(reference));
		return { world: stub.world, look: () => provider.look(reference), reference };
	}

	it("show what staff gave back, and what a bank sent back", async () => {
		const { world, look, reference } = await taken();
		world.refund(reference, { amount: "100", reason: "requested_by_customer" });
		world.failRefund(world.refund(reference, { amount: "50" }));

		expect((await look())?.returns).toMatchObject([
			{ key: null, amountCents: 50, status: "failed" },
			{ key: null, amountCents: 100, status: "done", reason: "requested_by_customer" },
		]);
	});

	it("show a dispute while it is open, and its loss as money given back", async () => {
		const { world, look, reference } = await taken();
		const dispute = world.dispute(reference, 1050);
		expect(await look()).toMatchObject({ isDisputed: true, returns: [] });

		world.closeDispute(dispute, "lost");
		expect(await look()).toMatchObject({ isDisputed: false, returns: [{ amountCents: 1050, reason: "dispute lost" }] });
	});

	it("do not know what they never held", async () => {
		expect(await open().provider.look("pi_unknown")).toBeUndefined();
	});
});

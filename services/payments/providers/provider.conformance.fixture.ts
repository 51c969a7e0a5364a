import { beforeEach, describe, expect, it } from "@jest/globals";
import type { PaymentProvider } from "./provider.ts";
import { authorizing, capturing, refunding } from "./requests.fixture.ts";

/** A provider with what it really did with money, in minor units. */
export interface Subject {
	readonly provider: PaymentProvider;
	/** How many holds it has given. */
	readonly holds: () => number;
	/** How often it has taken money. */
	readonly captures: () => number;
	readonly refundedCents: () => number;
}

/** What every payment provider must do, whoever stands behind it. */
export function describeProvider(open: () => Subject): void {
	let subject: Subject;
	let provider: PaymentProvider;
	beforeEach(() => {
		subject = open();
		provider = subject.provider;
	});

	async function held(key?: string): Promise<string> {
		const outcome = await provider.authorize(authorizing(key));
		if (outcome.status === "declined") throw new Error(outcome.reason);
		return outcome.reference;
	}

	async function taken(): Promise<string> {
		const reference = await held();
		await provider.capture(capturing(reference));
		return reference;
	}

	describe("a hold", () => {
		it("is given, and shown with the payment it belongs to", async () => {
			const reference = await held();

			expect(await provider.look(reference)).toMatchObject({
				...{ reference, paymentId: "p", status: "held", amountCents: 1050, currency: "EUR" },
				...{ returns: [], isDisputed: false, begunAt: expect.any(Date) },
			});
		});

		it("is refused with a reason, once for all", async () => {
			const request = authorizing("p:authorize", { method: "pm_card_chargeDeclined" });
			const refusal = await provider.authorize(request);

			expect(refusal).toEqual({ status: "declined", reason: expect.stringMatching(/decline/) });
			expect(await provider.authorize(request)).toEqual(refusal);
			expect(await provider.find("authorize", request)).toEqual(refusal);
			expect(subject.holds()).toBe(0);
		});

		it("is refused for a method that nobody knows", async () => {
			const outcome = await provider.authorize(authorizing("p:authorize", { method: "pm_card_nobodyKnows" }));
			expect(outcome.status).toBe("declined");
		});

		it("is given once a key, however often it is asked for and however many ask at once", async () => {
			const request = authorizing();
			const answers = await Promise.all([provider.authorize(request), provider.authorize(request)]);
			answers.push(await provider.authorize(request));

			expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
			expect(subject.holds()).toBe(1);
		});

		it("is found by the request that made it, and nothing by one that never arrived", async () => {
			const reference = await held();

			expect(await provider.find("authorize", authorizing())).toEqual({ status: "authorized", reference });
			expect(await provider.find("authorize", authorizing("q:authorize"))).toBeUndefined();
			expect(await provider.find("capture", capturing(reference))).toBeUndefined();
			expect(await provider.find("void", { key: "p:void", reference })).toBeUndefined();
		});

		it("of nothing is given, taken and let go", async () => {
			const free = await provider.authorize(authorizing("p:authorize", { amountCents: 0 }));
			expect(free.status).toBe("authorized");
			const reference = free.status === "authorized" ? free.reference : "";

			expect(await provider.capture(capturing(reference, { amountCents: 0 }))).toEqual({ status: "captured" });
		});
	});

	describe("a capture", () => {
		it("takes the money once, however often and under whatever key", async () => {
			const reference = await held();
			expect(await provider.capture(capturing(reference))).toEqual({ status: "captured" });
			expect(await provider.capture(capturing(reference))).toEqual({ status: "captured" });
			await provider.capture(capturing(reference, { key: "another" }));

			expect(await provider.find("capture", capturing(reference))).toEqual({ status: "captured" });
			expect(await provider.look(reference)).toMatchObject({ status: "captured", amountCents: 1050 });
			expect(subject.captures()).toBe(1);
		});

		it("is refused beyond the hold, of a hold that was let go, and of one that is unknown", async () => {
			const [small, gone] = [await held(), await held("q:authorize")];
			await provider.void({ key: "q:void", reference: gone });

			for (const request of [
				capturing(small, { amountCents: 1051 }),
				capturing(gone, { key: "q:capture" }),
				capturing("unknown"),
			]) {
				expect(await provider.capture(request)).toMatchObject({ status: "refused", reason: expect.any(String) });
			}
			expect(subject.captures()).toBe(0);
		});
	});

	describe("a void", () => {
		it("lets the hold go, however often", async () => {
			const reference = await held();
			const request = { key: "p:void", reference };

			expect(await provider.void(request)).toEqual({ status: "voided" });
			expect(await provider.void(request)).toEqual({ status: "voided" });
			expect(await provider.find("void", request)).toEqual({ status: "voided" });
			expect(await provider.look(reference)).toMatchObject({ status: "voided", returns: [] });
			expect(await provider.authorize(authorizing())).toEqual({ status: "authorized", reference });
		});

		it("is refused once the money was taken, and of a hold that is unknown", async () => {
			const reference = await taken();

			expect(await provider.void({ key: "p:void", reference })).toMatchObject({ status: "refused" });
			expect(await provider.void({ key: "q:void", reference: "unknown" })).toMatchObject({ status: "refused" });
		});
	});

	describe("a refund", () => {
		it("gives back a part once a key, and shows whose it was", async () => {
			const reference = await taken();
			await provider.refund(refunding(reference, 1000));
			await provider.refund(refunding(reference, 1000));
			await provider.refund(refunding(reference, 50, "s:refund"));

			expect(subject.refundedCents()).toBe(1050);
			expect(await provider.find("refund", refunding(reference, 1000))).toEqual({ status: "refunded" });
			const returns = (await provider.look(reference))?.returns ?? [];
			expect(returns.map(({ key, amountCents, status }) => `${key} ${amountCents} ${status}`).sort()).toEqual([
				"r:refund 1000 done",
				"s:refund 50 done",
			]);
		});

		it("is refused beyond the capture, and before it", async () => {
			const uncaptured = await held("q:authorize");
			const reference = await taken();

			expect(await provider.refund(refunding(uncaptured, 1, "q:refund"))).toMatchObject({ status: "refused" });
			expect(await provider.refund(refunding(reference, 1051))).toMatchObject({ status: "refused" });
			expect(await provider.find("refund", refunding(reference, 1051))).toBeUndefined();
			expect(subject.refundedCents()).toBe(0);
		});
	});

	describe("a listing", () => {
		it("shows the payments of a window, each once, a page at a time", async () => {
			const references: string[] = [];
			for (let index = 0; index < 105; index += 1) references.push(await held(`p${index}:authorize`));
			const window = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 60_000) };
			const first = await provider.list(window, null);
			const second = await provider.list(window, first.next);

			expect([first.rows.length, second.rows.length, second.next]).toEqual([100, 5, null]);
			const shown = [...first.rows, ...second.rows].map(({ reference }) => reference);
			expect(shown.sort()).toEqual(references.sort());
			const later = { from: window.to, to: new Date(Date.now() + 120_000) };
			expect((await provider.list(later, null)).rows).toEqual([]);
		});
	});
}

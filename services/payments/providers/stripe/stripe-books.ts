import type Stripe from "stripe";
import type { SeenPayment } from "../../domain/seen.ts";
import type { AuthorizeRequest, SeenPage, Window } from "../provider.ts";
import { isRefusal } from "./faults.ts";
import { seenIntent } from "./seen-intent.ts";

const HOUR_MS = 3_600_000;
const CLOCK_SKEW_MS = 300_000;
const PAGE = 100;
const seconds = (ms: number): number => Math.floor(ms / 1_000);
const EVERYTHING = { expand: ["latest_charge.refunds"] };

/** Reads what Stripe has, without changing anything. */
export class StripeBooks {
	readonly #stripe: Stripe;
	readonly #now: () => Date;

	constructor(stripe: Stripe, now: () => Date) {
		this.#stripe = stripe;
		this.#now = now;
	}

	/** @returns undefined when Stripe does not know the reference */
	async intent(reference: string): Promise<Stripe.PaymentIntent | undefined> {
		return this.#stripe.paymentIntents.retrieve(reference, EVERYTHING).catch((error: unknown) => {
			if (isRefusal(error)) return undefined;
			throw error;
		});
	}

	/**
	 * The intent that a request made, by its metadata: Stripe cannot be asked for an idempotency key. The search is fast
	 * and up to an hour behind; a list shows what was made a moment ago, and everything that was made since.
	 */
	async intentFor({ paymentId, begunAt }: AuthorizeRequest): Promise<Stripe.PaymentIntent | undefined> {
		const query = `metadata['paymentId']:'${paymentId}'`;
		const [indexed] = (await this.#stripe.paymentIntents.search({ query, limit: 1 })).data;
		// The index may know less of it than Stripe does.
		if (indexed !== undefined) return this.intent(indexed.id);

		const begunMs = Date.parse(begunAt);
		if (this.#now().getTime() - begunMs > HOUR_MS) return undefined;
		const created = { gte: seconds(begunMs - CLOCK_SKEW_MS) };
		const made = this.#stripe.paymentIntents.list({ created, limit: PAGE });
		for await (const intent of made) if (intent.metadata.paymentId === paymentId) return intent;
		return undefined;
	}

	async refundFor(reference: string, key: string): Promise<Stripe.Refund | undefined> {
		const refunds = this.#stripe.refunds.list({ payment_intent: reference, limit: PAGE });
		for await (const refund of refunds) if (refund.metadata?.key === key) return refund;
		return undefined;
	}

	async seen(reference: string): Promise<SeenPayment | undefined> {
		const intent = await this.intent(reference);
		return intent && this.#seen(intent);
	}

	async page({ from, to }: Window, after: string | null): Promise<SeenPage> {
		const { data, has_more: isMore } = await this.#stripe.paymentIntents.list({
			created: { gte: seconds(from.getTime()), lt: seconds(to.getTime()) },
			limit: PAGE,
			expand: EVERYTHING.expand.map((path) => `data.${path}`),
			...(after !== null && { starting_after: after }),
		});
		const rows: SeenPayment[] = [];
		for (const intent of data) rows.push(await this.#seen(intent));
		return { rows, next: isMore ? (data.at(-1)?.id ?? null) : null };
	}

	async #seen(intent: Stripe.PaymentIntent): Promise<SeenPayment> {
		const charge = typeof intent.latest_charge === "string" ? null : intent.latest_charge;
		const refunds = charge?.refunds?.has_more
			? await all(this.#stripe.refunds.list({ payment_intent: intent.id, limit: PAGE }))
			: (charge?.refunds?.data ?? []);
		const disputes = charge?.disputed
			? await all(this.#stripe.disputes.list({ payment_intent: intent.id, limit: PAGE }))
			: [];
		return seenIntent({ intent, refunds, disputes });
	}
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
	const read: T[] = [];
	for await (const row of rows) read.push(row);
	return read;
}

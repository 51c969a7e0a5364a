import { randomUUID } from "node:crypto";
import Stripe from "stripe";
import type { SeenPayment } from "../../domain/seen.ts";
import type {
	AuthorizeRequest,
	CaptureRequest,
	Outcomes,
	PaymentProvider,
	RefundRequest,
	Requests,
	SeenPage,
	Step,
	VoidRequest,
	Window,
} from "../provider.ts";
import { toStripe } from "./amounts.ts";
import { declineReason, isBurnt, isRefusal } from "./faults.ts";
import { authorizationOf, captureOf, declined, refundOf, voidOf } from "./outcomes.ts";
import { StripeBooks } from "./stripe-books.ts";

/** Stripe forgets a key after a day at the earliest; an hour before, it is not relied on any more. */
const KEY_LIFE_MS = 23 * 3_600_000;
/** Stripe takes no payment of nothing. */
const FREE = "free:";

export interface StripeProviderOptions {
	readonly stripe: Stripe;
	readonly now: () => Date;
	/** The Stripe customer of a user's saved method; null for a token that is used once. */
	readonly customerOf: (userId: string, method: string) => Promise<string | null>;
}

type Intent = Stripe.PaymentIntent;
type Send = (options: { idempotencyKey: string }) => Promise<Intent>;

/**
 * Stripe behind the provider's interface: a PaymentIntent that is confirmed when it is made and captured by hand.
 *
 * What came of a request is known from its answer, or by sending it again under the same key; what neither brings is
 * read from Stripe's books by the metadata that went along. Only an answer that says so is a refusal: whatever else
 * goes wrong (no connection, too many requests, a wrong secret key, a failure of Stripe's) is thrown as a fault.
 */
export class StripeProvider implements PaymentProvider {
	readonly #stripe: Stripe;
	readonly #now: () => Date;
	readonly #customerOf: StripeProviderOptions["customerOf"];
	readonly #books: StripeBooks;

	constructor({ stripe, now, customerOf }: StripeProviderOptions) {
		this.#stripe = stripe;
		this.#now = now;
		this.#customerOf = customerOf;
		this.#books = new StripeBooks(stripe, now);
	}

	async authorize(request: AuthorizeRequest): Promise<Outcomes["authorize"]> {
		if (request.amountCents === 0) return { status: "authorized", reference: FREE + request.key };
		const ageMs = this.#now().getTime() - Date.parse(request.begunAt);
		if (ageMs > KEY_LIFE_MS) return (await this.find("authorize", request)) ?? declined("expired");
		try {
			return await this.#hold(request);
		} catch (error) {
			if (error instanceof Stripe.errors.StripeCardError) return declined(declineReason(error));
			if (isRefusal(error)) return declined(error.code ?? "invalid_request");
			if (isBurnt(error)) return (await this.find("authorize", request)) ?? declined("provider_error");
			throw error;
		}
	}

	async capture({ key, reference, amountCents, currency }: CaptureRequest): Promise<Outcomes["capture"]> {
		if (reference.startsWith(FREE)) return { status: "captured" };
		const amount = { amount_to_capture: toStripe(amountCents, currency) };
		return this.#move(reference, key, captureOf, (once) =>
			this.#stripe.paymentIntents.capture(reference, amount, once),
		);
	}

	async void({ key, reference }: VoidRequest): Promise<Outcomes["void"]> {
		if (reference.startsWith(FREE)) return { status: "voided" };
		return this.#move(reference, key, voidOf, (once) => this.#stripe.paymentIntents.cancel(reference, {}, once));
	}

	/** A refund that was asked for days ago is looked for first: its key may be forgotten, and it must not happen twice. */
	async refund(request: RefundRequest): Promise<Outcomes["refund"]> {
		const { key, reference, amountCents, currency } = request;
		const earlier = await this.find("refund", request);
		if (earlier !== undefined) return earlier;

		const refund = { payment_intent: reference, amount: toStripe(amountCents, currency), metadata: { key } };
		try {
			return refundOf(await this.#stripe.refunds.create(refund, { idempotencyKey: key }));
		} catch (error) {
			if (!isRefusal(error) && !isBurnt(error)) throw error;
			const reason = (error as { readonly code?: string }).code ?? "provider_error";
			return (await this.find("refund", request)) ?? { status: "refused", reason };
		}
	}

	find<S extends Step>(step: S, request: Requests[S]): Promise<Outcomes[S] | undefined> {
		const search: (request: Requests[S]) => Promise<Outcomes[S] | undefined> = this.#searches[step];
		return search(request);
	}

	look(reference: string): Promise<SeenPayment | undefined> {
		return this.#books.seen(reference);
	}

	list(window: Window, after: string | null): Promise<SeenPage> {
		return this.#books.page(window, after);
	}

	readonly #searches: { readonly [S in Step]: (request: Requests[S]) => Promise<Outcomes[S] | undefined> } = {
		authorize: async (request) => {
			const intent = await this.#books.intentFor(request);
			return intent && authorizationOf(intent);
		},
		capture: async ({ reference }) => {
			const intent = await this.#books.intent(reference);
			return intent && captureOf(intent);
		},
		void: async ({ reference }) => {
			const intent = await this.#books.intent(reference);
			return intent && voidOf(intent);
		},
		refund: async ({ reference, key }) => {
			const refund = await this.#books.refundFor(reference, key);
			return refund && refundOf(refund);
		},
	};

	async #hold(request: AuthorizeRequest): Promise<Outcomes["authorize"]> {
		const intent = await this.#stripe.paymentIntents.create(await this.#intentOf(request), {
			idempotencyKey: request.key,
		});
		const outcome = authorizationOf(intent);
		if (outcome === undefined) throw new Error(`Stripe has not decided ${intent.id} yet.`);
		// Nobody is there to authenticate, and it must not be done later.
		if (intent.status === "requires_action") await this.void({ key: `${request.key}:void`, reference: intent.id });
		return outcome;
	}

	async #intentOf({ paymentId, orderId, userId, amountCents, currency, method }: AuthorizeRequest) {
		const customer = await this.#customerOf(userId, method);
		return {
			amount: toStripe(amountCents, currency),
			currency: currency.toLowerCase(),
			payment_method: method,
			allowed_payment_method_types: ["card"],
			capture_method: "manual",
			confirm: true,
			error_on_requires_action: true,
			metadata: { paymentId, orderId },
			...(customer !== null && { customer }),
		} satisfies Stripe.PaymentIntentCreateParams;
	}

	/**
	 * An intent is captured or canceled once, whatever the keys: so one that refuses to move is looked at, and a key that
	 * can only answer with a failure is replaced.
	 */
	async #move<O>(reference: string, key: string, outcomeOf: (intent: Intent) => O | undefined, send: Send) {
		try {
			return decided(outcomeOf(await send({ idempotencyKey: key })), reference);
		} catch (error) {
			if (!isRefusal(error) && !isBurnt(error)) throw error;
			const intent = await this.#books.intent(reference);
			const outcome = intent && outcomeOf(intent);
			if (outcome !== undefined) return outcome;
			if (isRefusal(error)) return { status: "refused", reason: error.code ?? "invalid_request" } as const;
			return decided(outcomeOf(await send({ idempotencyKey: `${key}:${randomUUID()}` })), reference);
		}
	}
}

function decided<O>(outcome: O | undefined, reference: string): O {
	if (outcome === undefined) throw new Error(`Stripe has not decided ${reference} yet.`);
	return outcome;
}

import type { Form } from "./form.fixture.ts";
import { eventOf } from "./stripe-events.fixture.ts";
import type { StubEvent } from "./stripe-events.fixture.ts";
import { CARDS, invalid, missing, StubRefusal } from "./stripe-objects.fixture.ts";
import type { StubCharge, StubDispute, StubIntent, StubMethod, StubRefund } from "./stripe-objects.fixture.ts";
import { StripeWallet } from "./stripe-wallet.fixture.ts";

/** What Stripe knows and does of an account's payments: its objects, their rules and the events they cause. */
export class StripeWorld extends StripeWallet {
	readonly intents = new Map<string, StubIntent>();
	readonly charges = new Map<string, StubCharge>();
	readonly refunds = new Map<string, StubRefund[]>();
	readonly disputes = new Map<string, StubDispute[]>();
	readonly #labels = new Map<string, StubIntent[]>();
	/** How often the money of an intent was taken. */
	readonly captures = new Map<string, number>();
	onEvent: (event: StubEvent) => void = () => undefined;

	/** Creates and confirms, as `confirm=true` does. */
	createIntent(form: Form): StubIntent {
		const method = this.#usable(form);
		const intent = this.#newIntent(form);
		this.#keep(intent);
		this.#tell("payment_intent.created", intent, intent.id);
		return this.confirm(intent, method, form.error_on_requires_action === "true");
	}

	/** Also what a customer, or the shop's staff, does with an intent that was declined before. */
	confirm(intent: StubIntent, method: StubMethod, isStrict = true): StubIntent {
		const card = Object.values(CARDS).find(({ last4 }) => last4 === method.card.last4);
		intent.payment_method = method.id;
		if (card?.declined?.code === "authentication_required" && !isStrict) {
			intent.next_action = { type: "use_stripe_sdk" };
			return this.#move(intent, "requires_action", "payment_intent.requires_action");
		}
		const charge = this.#charge(intent, card?.declined === undefined);
		if (card?.declined !== undefined) return this.#decline(intent, charge, card.declined);

		intent.last_payment_error = null;
		intent.amount_capturable = intent.amount;
		return this.#move(intent, "requires_capture", "payment_intent.amount_capturable_updated");
	}

	capture(id: string, form: Form): StubIntent {
		const intent = this.intent(id);
		const amount = Number(form.amount_to_capture ?? intent.amount);
		this.#expect(intent, ["requires_capture"], "captured");
		if (amount > intent.amount) {
			throw invalid("The amount to capture is larger than the amount that was held.", { code: "amount_too_large" });
		}
		this.captures.set(id, (this.captures.get(id) ?? 0) + 1);
		Object.assign(intent, { amount_capturable: 0, amount_received: amount });
		const charge = this.chargeOf(intent);
		Object.assign(charge, { captured: true, amount_captured: amount });
		this.#tell("charge.captured", charge, id);
		return this.#move(intent, "succeeded", "payment_intent.succeeded");
	}

	cancel(id: string, reason: string | null = null): StubIntent {
		const intent = this.intent(id);
		this.#expect(intent, ["requires_capture", "requires_action", "requires_payment_method"], "canceled");
		Object.assign(intent, { amount_capturable: 0, canceled_at: this.seconds(), cancellation_reason: reason });
		return this.#move(intent, "canceled", "payment_intent.canceled");
	}

	refund(id: string, form: Form, status = "succeeded"): StubRefund {
		const intent = this.intent(id, "payment_intent");
		if (intent.status !== "succeeded") throw invalid(`This PaymentIntent (${id}) does not have a successful charge.`);
		const charge = this.chargeOf(intent);
		const left = charge.amount_captured - charge.amount_refunded;
		const amount = Number(form.amount ?? left);
		if (left === 0) throw invalid("The charge has already been refunded.", { code: "charge_already_refunded" });
		if (amount > left) throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`);

		const refund = this.#newRefund(intent, charge, amount, form, status);
		this.refunds.set(id, [refund, ...(this.refunds.get(id) ?? [])]);
		charge.amount_refunded += amount;
		charge.refunded = charge.amount_refunded === charge.amount_captured;
		this.#tell("refund.created", refund, id);
		this.#tell("charge.refunded", charge, id);
		return refund;
	}

	/** The bank sends a refund back days later. */
	failRefund(refund: StubRefund): void {
		Object.assign(refund, { status: "failed", failure_reason: "expired_or_canceled_card" });
		const charge = this.chargeOf(this.intent(refund.payment_intent));
		charge.amount_refunded -= refund.amount;
		charge.refunded = false;
		this.#tell("refund.failed", refund, refund.payment_intent);
	}

	dispute(id: string, amount: number): StubDispute {
		const intent = this.intent(id);
		const charge = this.chargeOf(intent);
		const { currency } = intent;
		const dispute: StubDispute = {
			...{ id: this.newId("dp"), object: "dispute", amount, charge: charge.id, created: this.seconds(), currency },
			...{ payment_intent: id, reason: "fraudulent", status: "needs_response" },
		};
		charge.disputed = true;
		this.disputes.set(id, [dispute, ...(this.disputes.get(id) ?? [])]);
		this.#tell("charge.dispute.created", dispute, id);
		return dispute;
	}

	closeDispute(dispute: StubDispute, status: "won" | "lost"): void {
		dispute.status = status;
		this.#tell("charge.dispute.closed", dispute, dispute.payment_intent);
	}

	/** The intents with this metadata. */
	labelled(name: string, value: string): readonly StubIntent[] {
		return this.#labels.get(`${name} ${value}`) ?? [];
	}

	intent(id: string, param = "id"): StubIntent {
		const intent = this.intents.get(id);
		if (intent === undefined) throw missing("payment_intent", id, param);
		return intent;
	}

	chargeOf({ latest_charge: id }: StubIntent): StubCharge {
		const charge = this.charges.get(id ?? "");
		if (charge === undefined) throw missing("charge", String(id));
		return charge;
	}

	#keep(intent: StubIntent): void {
		this.intents.set(intent.id, intent);
		for (const label of Object.entries(intent.metadata)) {
			const name = label.join(" ");
			this.#labels.set(name, [...(this.#labels.get(name) ?? []), intent]);
		}
	}

	#usable(form: Form): StubMethod {
		if (Number(form.amount) < 50) throw invalid("Amount must be at least 50 cents.", { code: "amount_too_small" });
		const method = this.method(form.payment_method ?? "");
		if (method.customer === null || method.customer === form.customer) return method;
		throw invalid("The PaymentMethod belongs to a Customer. Please include the Customer in the `customer` parameter.");
	}

	#newIntent({ amount, currency = "", customer, capture_method: capture = "automatic", metadata }: Form): StubIntent {
		const id = this.newId("pi");
		return {
			...{ id, object: "payment_intent", amount: Number(amount), amount_capturable: 0, amount_received: 0 },
			...{ canceled_at: null, cancellation_reason: null, capture_method: capture, client_secret: `${id}_secret` },
			...{ confirmation_method: "automatic", created: this.seconds(), currency, customer: customer ?? null },
			...{ description: null, last_payment_error: null, latest_charge: null, livemode: false, next_action: null },
			...{
				metadata: metadata ?? {},
				payment_method: null,
				payment_method_types: ["card"],
				status: "requires_payment_method",
			},
		};
	}

	#newRefund(intent: StubIntent, charge: StubCharge, amount: number, form: Form, status: string): StubRefund {
		const { id: reference, currency } = intent;
		return {
			...{ id: this.newId("re"), object: "refund", amount, charge: charge.id, created: this.seconds(), currency },
			...{ metadata: form.metadata ?? {}, payment_intent: reference, reason: form.reason ?? null, status },
		};
	}

	#charge(intent: StubIntent, isPaid: boolean): StubCharge {
		const { amount, currency, metadata, id } = intent;
		const charge: StubCharge = {
			...{ id: this.newId("ch"), object: "charge", amount, amount_captured: 0, amount_refunded: 0, captured: false },
			...{ created: this.seconds(), currency, disputed: false, metadata, paid: isPaid, payment_intent: id },
			...{ refunded: false, status: isPaid ? "succeeded" : "failed" },
		};
		this.charges.set(charge.id, charge);
		intent.latest_charge = charge.id;
		return charge;
	}

	#decline(intent: StubIntent, charge: StubCharge, codes: { code: string; decline_code: string }): never {
		const error = { type: "card_error", ...codes, message: "Your card was declined.", charge: charge.id };
		intent.last_payment_error = error;
		this.#move(intent, "requires_payment_method", "payment_intent.payment_failed");
		throw new StubRefusal(402, { ...error, payment_intent: { ...intent } });
	}

	#expect(intent: StubIntent, statuses: readonly string[], done: string): void {
		if (statuses.includes(intent.status)) return;
		const message = `This PaymentIntent could not be ${done} because it has a status of ${intent.status}.`;
		const codes = { type: "invalid_request_error", code: "payment_intent_unexpected_state" };
		throw new StubRefusal(400, { ...codes, message, payment_intent: { ...intent } });
	}

	#move(intent: StubIntent, status: string, event: string): StubIntent {
		intent.status = status;
		this.#tell(event, intent, intent.id);
		return intent;
	}

	#tell(type: string, object: object, reference: string): void {
		this.onEvent(eventOf(type, object, reference, this.seconds()));
	}
}

import Stripe from "stripe";
import type { Keeping, Vault } from "../vault.ts";
import { declineReason, isRefusal } from "./faults.ts";

/** Stripe keeps methods with a customer, which stands for the user and holds nothing of him but his id. */
export function stripeVault(stripe: Stripe): Vault {
	return {
		async customerFor(userId) {
			const { id } = await stripe.customers.create({ metadata: { userId } }, { idempotencyKey: `customer:${userId}` });
			return id;
		},
		async keep(customer, method) {
			try {
				return keptOf(await stripe.paymentMethods.attach(method, { customer: customer ?? "" }));
			} catch (error) {
				if (error instanceof Stripe.errors.StripeCardError) return refused(declineReason(error));
				if (isRefusal(error)) return refused(error.code ?? "invalid_request");
				throw error;
			}
		},
		forget: (method) => stripe.paymentMethods.detach(method).then(done, unlessRefused),
		forgetCustomer: (customer) => stripe.customers.del(customer).then(done, unlessRefused),
	};
}

const refused = (reason: string): Keeping => ({ status: "refused", reason });
const done = (): void => undefined;

/** What Stripe does not know any more is forgotten. */
function unlessRefused(error: unknown): void {
	if (!isRefusal(error)) throw error;
}

function keptOf({ id: method, card, customer }: Stripe.PaymentMethod): Keeping {
	if (card === undefined) return refused("not a card");
	const { brand, last4, exp_month: expMonth, exp_year: expYear } = card;
	const owner = typeof customer === "string" ? customer : (customer?.id ?? null);
	return { status: "kept", kept: { method, customer: owner, brand, last4, expMonth, expYear } };
}

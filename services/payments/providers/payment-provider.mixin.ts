import { setTimeout as wait } from "node:timers/promises";
import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../../mixins/define-service.ts";
import type Stripe from "stripe";
import type { PaymentsConfig } from "../config.ts";
import type { Payments } from "../payments.context.ts";
import { forgetful, openJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import { httpProvider } from "./http-provider.ts";
import { patient } from "./patient-provider.ts";
import type { PaymentProvider } from "./provider.ts";
import { openStripe } from "./stripe/client.ts";
import { StripeProvider } from "./stripe/stripe-provider.ts";
import { stripeVault } from "./stripe/stripe-vault.ts";
import { TestProvider } from "./test-provider.ts";
import { testVault } from "./test-vault.ts";
import type { Vault } from "./vault.ts";
import { customerOfMethod } from "../storage/payment-methods.ts";

interface Chosen {
	readonly provider: PaymentProvider;
	readonly vault: Vault;
}

type This = Payments & { journal: Journal };

/**
 * Gives the service its provider as `this.provider`: Stripe, or the test provider, the one at PAYMENT_PROVIDER_URL that
 * all nodes share or else one of its own.
 */
export function paymentProvider(config: () => PaymentsConfig): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			const given = config();
			const { providerUrl, testJournal, providerTimeoutMs: timeoutMs, stripe } = given;
			const isOwn = stripe === undefined && providerUrl === undefined && testJournal !== undefined;
			this.journal = isOwn ? openJournal(testJournal) : forgetful();
			const own = stripe === undefined ? testOne(this, providerUrl) : stripeOf(this, openStripe(stripe));
			this.provider = patient(own.provider, { timeoutMs, report: (fault) => this.logger.warn(fault) });
			this.vault = own.vault;
			this.webhookSecrets = given.webhookSecrets;
		},

		stopped() {
			this.journal.close();
		},
	});
}

const testOne = (service: This, url: string | undefined): Chosen => ({
	provider: url === undefined ? ownProvider(service) : httpProvider(url),
	vault: testVault,
});

/** Stripe for a service: who has saved a method is known here, and asked when it is used. */
export const stripeOf = (service: Payments, stripe: Stripe): Chosen => ({
	provider: new StripeProvider({
		stripe,
		now: () => service.now(),
		customerOf: (userId, method) => customerOfMethod(service.db, userId, method),
	}),
	vault: stripeVault(stripe),
});

/** A late answer does not keep the process alive. */
const ownProvider = (service: This): PaymentProvider =>
	new TestProvider({
		journal: service.journal,
		now: () => service.now(),
		wait: (delayMs) => wait(delayMs, undefined, { ref: false }),
	});

import { setTimeout as wait } from "node:timers/promises";
import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../../mixins/define-service.ts";
import type { PaymentsConfig } from "../config.ts";
import type { Payments } from "../payments.context.ts";
import { forgetful, openJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import { httpProvider } from "./http-provider.ts";
import { patient } from "./patient-provider.ts";
import type { PaymentProvider } from "./provider.ts";
import { TestProvider } from "./test-provider.ts";

type This = Payments & { journal: Journal };

/**
 * Gives the service its provider as `this.provider`: the one at PAYMENT_PROVIDER_URL, which all nodes share, else
 * a test provider of its own.
 */
export function paymentProvider(config: () => PaymentsConfig): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			const { providerUrl, testJournal, providerTimeoutMs } = config();
			const isOwn = providerUrl === undefined && testJournal !== undefined;
			this.journal = isOwn ? openJournal(testJournal) : forgetful();
			const provider = providerUrl === undefined ? ownProvider(this) : httpProvider(providerUrl);
			this.provider = patient(provider, {
				timeoutMs: providerTimeoutMs,
				report: (fault) => this.logger.warn(fault),
			});
		},

		stopped() {
			this.journal.close();
		},
	});
}

/** A late answer does not keep the process alive. */
const ownProvider = (service: This): PaymentProvider =>
	new TestProvider({
		journal: service.journal,
		now: () => service.now(),
		wait: (delayMs) => wait(delayMs, undefined, { ref: false }),
	});

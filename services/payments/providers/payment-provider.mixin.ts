import { setTimeout as wait } from "node:timers/promises";
import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../../mixins/define-service.ts";
import type { PaymentsConfig } from "../config.ts";
import type { Payments } from "../payments.context.ts";
import { forgetful, openJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import { patient } from "./patient-provider.ts";
import { TestProvider } from "./test-provider.ts";

type This = Payments & { journal: Journal };

/** Gives the service its provider as `this.provider`. A late answer does not keep the process alive. */
export function paymentProvider(config: () => PaymentsConfig): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			const { testJournal, providerTimeoutMs } = config();
			this.journal = testJournal === undefined ? forgetful() : openJournal(testJournal);
			const provider = new TestProvider({
				journal: this.journal,
				now: () => this.now(),
				wait: (delayMs) => wait(delayMs, undefined, { ref: false }),
			});
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

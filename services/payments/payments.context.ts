import type { AggregateMethods } from "../../mixins/aggregate.mixin.ts";
import type { Worker } from "../../mixins/events/worker.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import type { OutboxMethods } from "../../mixins/events/outbox.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { Decision } from "./domain/decision.ts";
import type { Payment } from "./domain/payment.ts";
import type { PaymentProvider } from "./providers/provider.ts";
import type { Vault } from "./providers/vault.ts";

/** `this` inside a payments handler. */
export type Payments = StoaService &
	SqlMethods &
	OutboxMethods &
	AggregateMethods<Payment, Decision> & {
		/** Answers definitely or throws PaymentOutcomeUnknown. */
		provider: PaymentProvider;
		vault: Vault;
		/** What the provider signs its events with; none when it sends none. */
		webhookSecrets: readonly string[];
		/** Handles the provider's events. */
		follower: Worker;
	};

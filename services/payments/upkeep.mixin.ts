import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../mixins/define-service.ts";
import { Worker } from "../../mixins/events/worker.ts";
import { purgeOperations } from "../../mixins/operations.ts";
import type { Payments } from "./payments.context.ts";
import { recoverRefunds } from "./settlement/recover-refunds.ts";

const RECOVER_EVERY_MS = 5_000;
const PURGE_EVERY_MS = 60_000;

type This = Payments & { refundRecovery: Worker; operationsPurge: Worker };

/** Finishes refunds whose outcome nobody recorded, and forgets old answers of Idempotency-Keys. */
export function upkeep(): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			const report = (error: unknown) => this.logger.warn("Upkeep of payments failed, will try again:", error);
			this.refundRecovery = new Worker(() => recoverRefunds(this), RECOVER_EVERY_MS, report);
			this.operationsPurge = new Worker(() => purgeOperations(this.db), PURGE_EVERY_MS, report);
		},

		started() {
			this.refundRecovery.start();
			this.operationsPurge.start();
		},

		async stopped() {
			await Promise.all([this.refundRecovery.stop(), this.operationsPurge.stop()]);
		},
	});
}

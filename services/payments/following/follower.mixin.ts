import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../../mixins/define-service.ts";
import { Worker } from "../../../mixins/events/worker.ts";
import type { Payments } from "../payments.context.ts";
import { followEvents } from "./follow-events.ts";

const POLL_MS = 1_000;

/** Gives the service its follower, which handles the provider's events: at once when one was kept here, else each second. */
export function follower(): Partial<ServiceSchema> {
	return defineMixin<Payments>({
		created() {
			const report = (error: unknown) => this.logger.warn("Could not follow the provider, will try again:", error);
			this.follower = new Worker(() => followEvents(this), POLL_MS, report);
		},

		started() {
			this.follower.start();
		},

		stopped() {
			return this.follower.stop();
		},
	});
}

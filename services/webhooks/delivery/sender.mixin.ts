import type { ServiceSchema } from "moleculer";
import { defineMixin } from "../../../mixins/define-service.ts";
import { Worker } from "../../../mixins/events/worker.ts";
import type { WebhooksConfig } from "../config.ts";
import { secretBox } from "../signing/secret-box.ts";
import { takeDue } from "../storage/due.ts";
import type { Taken } from "../storage/due.ts";
import type { Webhooks } from "../webhooks.context.ts";
import { attempt } from "./attempt.ts";

/** Another node's commit wakes nobody here. */
const POLL_MS = 500;
/** Attempts of one node at the same time. They wait, nearly all of the time, for somebody else. */
const AT_ONCE = 64;

/**
 * Sends what is due in the background, from as many nodes as there are. Each attempt ends on its own: none waits for
 * one that began with it.
 */
export function sender(config: () => WebhooksConfig): Partial<ServiceSchema> {
	return defineMixin<Webhooks>({
		created() {
			const settings = config();
			const report = (error: unknown) => this.logger.warn("Webhook sender failed, will try again:", error);
			const worker = new Worker(() => sendDue(this), POLL_MS, report);
			const secrets = secretBox(settings.encryptionKeys);
			Object.assign(this, { config: settings, secrets, sender: worker, sending: new Set() });
		},

		methods: {
			wakeSender() {
				this.sender.wake();
			},
		},

		started() {
			this.sender.start();
		},

		async stopped() {
			await this.sender.stop();
			await Promise.all(this.sending);
		},
	});
}

async function sendDue(service: Webhooks): Promise<void> {
	const free = AT_ONCE - service.sending.size;
	const taken = free > 0 ? await takeDue(service.db, free) : [];
	for (const delivery of taken) begin(service, delivery);
}

function begin(service: Webhooks, taken: Taken): void {
	const sending = attempt(service, taken)
		.catch((error: unknown) => service.logger.warn(`Webhook delivery ${taken.id} was not attempted:`, error))
		.finally(() => {
			service.sending.delete(sending);
			service.wakeSender();
		});
	service.sending.add(sending);
}

import { defineService, query } from "../../mixins/define-service.ts";
import { inbox } from "../../mixins/inbox.mixin.ts";
import { integrity } from "../../mixins/integrity.mixin.ts";
import { inboxStuck, outboxAge } from "../../mixins/integrity/stuck.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { ping } from "../contracts/platform.ts";
import { pingNotifications } from "./actions/ping.ts";
import { config } from "./config.ts";
import { confirmOrder } from "./consumers/confirm-order.ts";
import { greetUser } from "./consumers/greet-user.ts";
import { reportCancellation } from "./consumers/report-cancellation.ts";
import { mailSender } from "./delivery/mail-sender.mixin.ts";

/**
 * Notifications: tells customers what happened, by mail.
 *
 *     queued → sent
 *        └→ failed (refused for good, or five times deferred)
 *
 * A consumer queues, the sender sends: nothing remote happens in a consumer's transaction.
 */
export default defineService({
	name: "notifications",
	mixins: [
		sql({ url: () => config().databaseUrl }),
		outbox(),
		mailSender(config),
		integrity([outboxAge, inboxStuck]),
		inbox([greetUser, confirmOrder, reportCancellation]),
	],

	actions: {
		ping: query(ping("notifications"), pingNotifications),
	},
});

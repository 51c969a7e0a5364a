import { EmailNotifications } from "../../contracts/notifications.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import { recipientHash } from "../delivery/recipient-hash.ts";
import type { Notifications } from "../notifications.context.ts";
import { enqueue } from "../storage/queue.ts";

/** Whoever puts a mail into the queue need not be a service of the shop: what it lacks, its log row will tell. */
export const sendMail = consumer<Notifications, typeof EmailNotifications>(
	"notifications.sendMail",
	EmailNotifications,
	async function ({ id: causationId, correlationId, data }, tx) {
		const { mailId, userId = null, to: recipient = null, template, variables } = data;
		const recipientKey = userId ?? recipientHash("email", recipient ?? "");
		const fixed = { channel: "email", isOptional: false, isTest: false, locale: null } as const;
		const dedupeKey = `${template}:${mailId ?? causationId}`;
		const mail = { id: this.newId(), userId, recipient, recipientKey, template, variables, dedupeKey };
		await enqueue(tx, [{ ...fixed, ...mail, correlationId, causationId }]);
		tx.afterCommit(() => this.wakeLanes());
	},
);

import type { Message } from "../../contracts/event.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Notifications } from "../notifications.context.ts";
import { enqueue } from "../storage/notification-logs.ts";
import type { Template } from "../templates/template.ts";

export interface MailOrder<V> {
	readonly template: Template<V>;
	readonly userId: string;
	/** Of what the mail tells, once: an order, an account. */
	readonly aboutId: string;
	readonly variables: V & object;
}

/** Queues a mail in the consumer's transaction; nothing remote is called before it has committed. */
export async function queueMail<V>(
	service: Notifications,
	{ id: causationId, correlationId }: Message,
	tx: Queryable,
	{ template, userId, aboutId, variables }: MailOrder<V>,
): Promise<void> {
	await enqueue(tx, {
		id: service.newId(),
		userId,
		template: template.name,
		variables,
		dedupeKey: `${template.name}:${aboutId}`,
		correlationId,
		causationId,
	});
	service.wakeSender();
}

import type { Message } from "../../contracts/event.ts";
import type { Transaction } from "../../../mixins/sql/database.ts";
import type { Notifications } from "../notifications.context.ts";
import { enqueue } from "../storage/queue.ts";
import type { NewNotification } from "../storage/queue.ts";
import type { BuiltIn, Variables } from "../templates/template.ts";

export interface News<V extends Variables> {
	/** The fact behind it. */
	readonly cause: Pick<Message, "id" | "correlationId">;
	readonly template: BuiltIn<V>;
	readonly userId: string;
	/** What it tells of, once: an order, an account. */
	readonly aboutId: string;
	readonly variables: V;
}

/** Queues news for users in the consumer's transaction; nothing remote is called before it has committed. */
export async function fanOut<V extends Variables>(
	service: Notifications,
	tx: Transaction,
	...news: readonly News<V>[]
): Promise<void> {
	await enqueue(
		tx,
		news.flatMap((each) => notificationsOf(service, each)),
	);
	tx.afterCommit(() => service.wakeLanes());
}

/** One on each channel that the template has. */
function notificationsOf<V extends Variables>(
	service: Notifications,
	{ cause, template: { name, channels }, userId, aboutId, variables }: News<V>,
): NewNotification[] {
	return channels.map((channel) => ({
		id: service.newId(),
		userId,
		recipient: null,
		recipientKey: userId,
		channel,
		template: name,
		variables,
		dedupeKey: `${name}:${aboutId}`,
		isOptional: channel === "push",
		isTest: false,
		locale: null,
		correlationId: cause.correlationId,
		causationId: cause.id,
	}));
}

import type { Message } from "../../contracts/event.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Notifications } from "../notifications.context.ts";
import { enqueue } from "../storage/queue.ts";
import type { BuiltIn, Variables } from "../templates/template.ts";

export interface News<V extends Variables> {
	readonly template: BuiltIn<V>;
	readonly userId: string;
	/** What it tells of, once: an order, an account. */
	readonly aboutId: string;
	readonly variables: V;
}

/** Queues news for a user in the consumer's transaction; nothing remote is called before it has committed. */
export async function fanOut<V extends Variables>(
	service: Notifications,
	{ id: causationId, correlationId }: Pick<Message, "id" | "correlationId">,
	tx: Queryable,
	{ template: { name, channels }, userId, aboutId, variables }: News<V>,
): Promise<void> {
	const wanted = channels.map((channel) => ({
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
		correlationId,
		causationId,
	}));
	await enqueue(tx, wanted);
	service.wakeLanes();
}

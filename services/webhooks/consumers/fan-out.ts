import type { EventContract, Message } from "../../contracts/event.ts";
import { WEBHOOK_EVENTS } from "../../contracts/webhooks.ts";
import { batchConsumer } from "../../../mixins/inbox.mixin.ts";
import { payloadOf } from "../domain/payload.ts";
import { listeners, queueEvents, withoutErased } from "../storage/events.ts";
import type { StoredEvent } from "../storage/events.ts";
import type { Webhooks } from "../webhooks.context.ts";

/** Queues every fact that third parties may have for the endpoints that want it; nothing is sent here. */
export const fanOut = batchConsumer<Webhooks, EventContract>(
	"webhooks.fanOut",
	WEBHOOK_EVENTS,
	async function (messages, tx) {
		const endpoints = await listeners(tx);
		if (endpoints.length === 0) return;

		const facts = await withoutErased(tx, messages);
		const deliveries = facts.flatMap(({ id: eventId, name }) =>
			endpoints
				.filter(({ hears }) => hears(name))
				.map(({ id: endpointId }) => ({ id: this.newId(), endpointId, eventId })),
		);
		if (deliveries.length === 0) return;

		const wanted = new Set(deliveries.map(({ eventId }) => eventId));
		await queueEvents(tx, facts.filter(({ id }) => wanted.has(id)).map(eventOf), deliveries);
		tx.afterCommit(() => this.wakeSender());
	},
);

function eventOf({ id, name, aggregateId, data }: Message): StoredEvent {
	const payload = payloadOf({ id, name, data: data as { timestamp: string } });
	return { id, type: name, aggregateId, payload };
}

import type { EventContract } from "../../contracts/event.ts";
import { WEBHOOK_EVENTS } from "../../contracts/webhooks.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Consumer } from "../../../mixins/inbox.mixin.ts";
import { payloadOf } from "../domain/payload.ts";
import { endpointsFor, queueEvent } from "../storage/events.ts";
import type { Webhooks } from "../webhooks.context.ts";

/** Queues a fact for every endpoint that wants it, in the consumer's transaction; nothing is sent here. */
const fanOut = (event: EventContract): Consumer =>
	consumer<Webhooks, EventContract>(`webhooks.${event.name}`, event, async function (message, tx) {
		const endpoints = await endpointsFor(tx, message.name);
		if (endpoints.length === 0) return;

		const { id, name, aggregateId } = message;
		const data = message.data as { timestamp: string };
		const queued = { id, type: name, aggregateId, payload: payloadOf({ id, name, data }) };
		await queueEvent(tx, queued, new Map(endpoints.map((endpoint) => [endpoint, this.newId()])));
		this.wakeSender();
	});

/** One consumer for each fact that third parties may have. */
export const fanOuts: readonly Consumer[] = WEBHOOK_EVENTS.map(fanOut);

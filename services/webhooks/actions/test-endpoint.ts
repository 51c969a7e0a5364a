import type { Ctx } from "../../../mixins/define-service.ts";
import { PING } from "../../contracts/webhooks.ts";
import type { TestWebhookEndpoint, WebhookDelivery } from "../../contracts/webhooks.ts";
import { payloadOf } from "../domain/payload.ts";
import { queueEvents } from "../storage/events.ts";
import { deliveryView } from "../webhook.view.ts";
import type { Webhooks } from "../webhooks.context.ts";
import { activeEndpoint, knownDelivery } from "./known.ts";

export async function testEndpoint(
	this: Webhooks,
	{ params }: Ctx<typeof TestWebhookEndpoint>,
): Promise<WebhookDelivery> {
	const { id: endpointId } = await activeEndpoint(this.db, params.id);
	const [id, deliveryId] = [this.newId(), this.newId()];
	const data = { endpointId, timestamp: this.now().toISOString() };
	const event = { id, type: PING, aggregateId: endpointId, payload: payloadOf({ id, name: PING, data }) };
	await queueEvents(this.db, [event], [{ id: deliveryId, endpointId, eventId: id }]);
	this.wakeSender();
	const { payload, ...row } = await knownDelivery(this.db, endpointId, deliveryId);
	return deliveryView(row);
}

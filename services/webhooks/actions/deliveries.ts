import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { Listing } from "../../contracts/paging.ts";
import type {
	GetWebhookDelivery,
	ListWebhookDeliveries,
	RedeliverWebhook,
	WebhookDelivery,
} from "../../contracts/webhooks.ts";
import { attemptsOf, listDeliveries as readDeliveries, makeDue } from "../storage/deliveries.ts";
import { deliveryView } from "../webhook.view.ts";
import type { Webhooks } from "../webhooks.context.ts";
import { activeEndpoint, knownDelivery, knownEndpoint } from "./known.ts";

type Detail = ResultOf<typeof GetWebhookDelivery>;

export async function listDeliveries(
	this: Webhooks,
	{ params }: Ctx<typeof ListWebhookDeliveries>,
): Promise<Listing<WebhookDelivery>> {
	const { id, status } = params;
	await knownEndpoint(this.db, id);
	return listed(params, { id, status }, async (slice) => {
		const { rows, total } = await readDeliveries(this.db, id, status, slice);
		return { rows: rows.map(deliveryView), total };
	});
}

export async function getDelivery(this: Webhooks, { params }: Ctx<typeof GetWebhookDelivery>): Promise<Detail> {
	const { payload, ...row } = await knownDelivery(this.db, params.id, params.deliveryId);
	const attempts = await attemptsOf(this.db, row.id);
	const log = attempts.map(({ at, ...attempt }) => ({ ...attempt, at: at.toISOString() }));
	return { ...deliveryView(row), payload: JSON.parse(payload) as Detail["payload"], log };
}

export async function redeliver(this: Webhooks, { params }: Ctx<typeof RedeliverWebhook>): Promise<WebhookDelivery> {
	const { id } = await knownDelivery(this.db, params.id, params.deliveryId);
	await activeEndpoint(this.db, params.id);
	await makeDue(this.db, id);
	this.wakeSender();
	const { payload, ...row } = await knownDelivery(this.db, params.id, id);
	return deliveryView(row);
}

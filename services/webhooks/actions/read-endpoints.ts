import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { GetWebhookEndpoint, ListWebhookEndpoints, WebhookEndpoint } from "../../contracts/webhooks.ts";
import { listEndpoints as readEndpoints } from "../storage/endpoints.ts";
import { endpointView } from "../webhook.view.ts";
import type { Webhooks } from "../webhooks.context.ts";
import { knownEndpoint } from "./known.ts";

export async function getEndpoint(
	this: Webhooks,
	{ params, meta }: Ctx<typeof GetWebhookEndpoint>,
): Promise<WebhookEndpoint> {
	const endpoint = await knownEndpoint(this.db, params.id);
	meta.$version = endpoint.version;
	return endpointView(endpoint);
}

export function listEndpoints(
	this: Webhooks,
	{ params }: Ctx<typeof ListWebhookEndpoints>,
): Promise<Listing<WebhookEndpoint>> {
	return listed(params, {}, async (slice) => {
		const { rows, total } = await readEndpoints(this.db, slice);
		return { rows: rows.map(endpointView), total };
	});
}

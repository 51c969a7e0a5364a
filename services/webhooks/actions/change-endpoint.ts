import type { Ctx } from "../../../mixins/define-service.ts";
import type { RemoveWebhookEndpoint, UpdateWebhookEndpoint, WebhookEndpoint } from "../../contracts/webhooks.ts";
import { expectVersion, revise } from "../domain/endpoint.ts";
import { removeEndpoint as forget, saveEndpoint } from "../storage/endpoints.ts";
import { endpointView } from "../webhook.view.ts";
import type { Webhooks } from "../webhooks.context.ts";
import { expectReachable } from "./expect-reachable.ts";
import { heldEndpoint } from "./known.ts";

export async function updateEndpoint(
	this: Webhooks,
	{ params, meta }: Ctx<typeof UpdateWebhookEndpoint>,
): Promise<WebhookEndpoint> {
	const { id, ...wanted } = params;
	const occasion = { expectedVersion: meta.expectedVersion, now: this.now() };
	expectReachable(this, wanted.url);
	const endpoint = await this.db.transaction(async (tx) => {
		const revised = revise(await heldEndpoint(tx, id), wanted, occasion);
		await saveEndpoint(tx, revised);
		return revised;
	});
	this.wakeSender();
	meta.$version = endpoint.version;
	return endpointView(endpoint);
}

export async function removeEndpoint(this: Webhooks, ctx: Ctx<typeof RemoveWebhookEndpoint>): Promise<null> {
	await this.db.transaction(async (tx) => {
		const endpoint = await heldEndpoint(tx, ctx.params.id);
		expectVersion(endpoint, ctx.meta.expectedVersion);
		await forget(tx, endpoint.id, this.now());
	});
	return null;
}

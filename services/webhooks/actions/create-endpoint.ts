import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { CreateWebhookEndpoint } from "../../contracts/webhooks.ts";
import { register } from "../domain/endpoint.ts";
import { newSecret } from "../signing/signature.ts";
import { insertEndpoint } from "../storage/endpoints.ts";
import { endpointView } from "../webhook.view.ts";
import type { Webhooks } from "../webhooks.context.ts";
import { expectReachable } from "./expect-reachable.ts";

/** No Idempotency-Key: the stored answer of one would keep the secret in the clear. */
export async function createEndpoint(
	this: Webhooks,
	ctx: Ctx<typeof CreateWebhookEndpoint>,
): Promise<ResultOf<typeof CreateWebhookEndpoint>> {
	expectReachable(this, ctx.params.url);
	const endpoint = register(this.newId(), ctx.params, this.now());
	const secret = newSecret();
	await insertEndpoint(this.db, endpoint, this.secrets.seal(secret, endpoint.id));
	ctx.meta.$version = endpoint.version;
	return { ...endpointView(endpoint), secret };
}

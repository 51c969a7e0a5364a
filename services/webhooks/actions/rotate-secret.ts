import type { Ctx } from "../../../mixins/define-service.ts";
import { EndpointNotFound } from "../../contracts/webhooks.ts";
import type { RotateWebhookSecret } from "../../contracts/webhooks.ts";
import { newSecret } from "../signing/signature.ts";
import { rotateSecret as replace } from "../storage/endpoints.ts";
import type { Webhooks } from "../webhooks.context.ts";

/** Long enough for a receiver to be given the new secret while it still believes the old one. */
const BOTH_SIGN_MS = 24 * 3_600_000;

export async function rotateSecret(this: Webhooks, { params: { id } }: Ctx<typeof RotateWebhookSecret>) {
	const secret = newSecret();
	const until = new Date(this.now().getTime() + BOTH_SIGN_MS);
	if (!(await replace(this.db, id, this.secrets.seal(secret, id), until))) throw new EndpointNotFound();
	return { id, secret, previousSecretUntil: until.toISOString() };
}

import type { Ctx } from "../../../mixins/define-service.ts";
import { ApiKeyNotFound, apiKeyText } from "../../contracts/api-keys.ts";
import type { RotateApiKey } from "../../contracts/api-keys.ts";
import type { Users } from "../users.context.ts";
import { apiKeyView } from "./api-key.view.ts";
import { newApiKeySecret } from "./secret.ts";
import { rotateSecret } from "./storage.ts";

export async function rotateApiKey(this: Users, ctx: Ctx<typeof RotateApiKey>) {
	const { id, graceSeconds } = ctx.params;
	const { secret, hash } = newApiKeySecret();
	const rotated = await rotateSecret(this.db, id, hash, this.now(), graceSeconds);
	if (rotated === undefined) throw new ApiKeyNotFound();

	ctx.meta.$version = rotated.version;
	return { ...apiKeyView(rotated), key: apiKeyText(id, secret) };
}

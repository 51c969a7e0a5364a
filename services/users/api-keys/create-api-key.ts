import type { Ctx } from "../../../mixins/define-service.ts";
import { apiKeyText } from "../../contracts/api-keys.ts";
import type { CreateApiKey } from "../../contracts/api-keys.ts";
import { ValidationFailed } from "../../contracts/errors.ts";
import { callerOf } from "../sign-in.ts";
import type { Users } from "../users.context.ts";
import { apiKeyView } from "./api-key.view.ts";
import { newApiKeySecret } from "./secret.ts";
import { insertApiKey } from "./storage.ts";

export async function createApiKey(this: Users, ctx: Ctx<typeof CreateApiKey>) {
	const { name, scopes, expiresAt = null } = ctx.params;
	const createdAt = this.now();
	if (expiresAt !== null && new Date(expiresAt) <= createdAt) {
		throw new ValidationFailed({ errors: [{ path: "expiresAt", message: "must lie in the future" }] });
	}
	const { secret, hash } = newApiKeySecret();
	const id = this.newId();
	const createdBy = callerOf(ctx).userId;
	const made = await insertApiKey(this.db, { id, name, scopes, hash, expiresAt, createdBy, createdAt });
	if (made === undefined) throw new Error("The key was not written.");

	ctx.meta.$version = made.version;
	return { ...apiKeyView(made), key: apiKeyText(id, secret) };
}

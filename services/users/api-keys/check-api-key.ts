import type { Ctx } from "../../../mixins/define-service.ts";
import type { CheckApiKey } from "../../contracts/api-keys.ts";
import type { Users } from "../users.context.ts";
import { scopesOfKey } from "./storage.ts";

export async function checkApiKey(this: Users, ctx: Ctx<typeof CheckApiKey>) {
	const { keyId, secretHash } = ctx.params;
	const scopes = await scopesOfKey(this.db, keyId, secretHash, this.now());
	return scopes === undefined ? null : { scopes };
}

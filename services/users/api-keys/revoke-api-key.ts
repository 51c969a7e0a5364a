import type { Ctx } from "../../../mixins/define-service.ts";
import { ApiKeyNotFound } from "../../contracts/api-keys.ts";
import type { RevokeApiKey } from "../../contracts/api-keys.ts";
import { PreconditionFailed } from "../../contracts/errors.ts";
import type { Users } from "../users.context.ts";
import { findApiKey, revokeKey } from "./storage.ts";

export async function revokeApiKey(this: Users, ctx: Ctx<typeof RevokeApiKey>): Promise<null> {
	const { id } = ctx.params;
	if (await revokeKey(this.db, id, this.now(), ctx.meta.expectedVersion)) return null;

	const found = await findApiKey(this.db, id);
	if (found === undefined) throw new ApiKeyNotFound();
	throw new PreconditionFailed({ currentVersion: found.version });
}

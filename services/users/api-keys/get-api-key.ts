import type { Ctx } from "../../../mixins/define-service.ts";
import { ApiKeyNotFound } from "../../contracts/api-keys.ts";
import type { GetApiKey } from "../../contracts/api-keys.ts";
import type { Users } from "../users.context.ts";
import { apiKeyView } from "./api-key.view.ts";
import { findApiKey } from "./storage.ts";

export async function getApiKey(this: Users, ctx: Ctx<typeof GetApiKey>) {
	const found = await findApiKey(this.db, ctx.params.id);
	if (found === undefined) throw new ApiKeyNotFound();

	ctx.meta.$version = found.version;
	return apiKeyView(found);
}

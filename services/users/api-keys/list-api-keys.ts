import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { ListApiKeys } from "../../contracts/api-keys.ts";
import type { Users } from "../users.context.ts";
import { apiKeyView } from "./api-key.view.ts";
import { openApiKeys } from "./storage.ts";

export function listApiKeys(this: Users, ctx: Ctx<typeof ListApiKeys>) {
	return listed(ctx.params, {}, async (slice) => {
		const { rows, total } = await openApiKeys(this.db, slice);
		return { rows: rows.map(apiKeyView), total };
	});
}

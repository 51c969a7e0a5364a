import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { ListActivities } from "../../contracts/accounts.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { activityView } from "../activity.view.ts";
import { withinScope } from "../domain/account.ts";
import { findActivities } from "../storage/activities.ts";
import type { Users } from "../users.context.ts";

export async function listActivities(
	this: Users,
	ctx: Ctx<typeof ListActivities>,
): Promise<ResultOf<typeof ListActivities>> {
	const id = withinScope(ownerScope(ctx.meta.principal), ctx.params.id);
	return listed(ctx.params, { id }, async (slice) => {
		const { rows, total } = await findActivities(this.db, id, slice);
		return { rows: rows.map(activityView), total };
	});
}

import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { SearchUsers } from "../../contracts/accounts.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { searchUsers as search } from "../storage/user-search.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

export async function searchUsers(
	this: Users,
	{ params }: Ctx<typeof SearchUsers>,
): Promise<ResultOf<typeof SearchUsers>> {
	const { q, role, isActive } = params;
	const filter = { q, role, isActive };
	return listed(params, filter, async (slice) => {
		const { rows, total } = await search(this.db, filter, slice);
		return { rows: rows.map(userView), total };
	});
}

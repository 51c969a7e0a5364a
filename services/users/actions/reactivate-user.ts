import type { Ctx } from "../../../mixins/define-service.ts";
import type { ReactivateUser } from "../../contracts/accounts.ts";
import type { User } from "../../contracts/users.ts";
import { foreignActivity } from "../activity.ts";
import { reactivate } from "../domain/account.ts";
import type { Decision } from "../domain/account.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

export async function reactivateUser(this: Users, ctx: Ctx<typeof ReactivateUser>): Promise<User> {
	const now = this.now();
	const rider = ({ changed }: Decision) =>
		changed.length === 0 ? undefined : { at: now, activity: foreignActivity(this, "REACTIVATED") };
	const account = await this.change(ctx, ctx.params.id, (current) => reactivate(current, now), { rider });

	ctx.meta.$version = account.version;
	return userView(account);
}

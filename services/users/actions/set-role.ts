import type { Ctx } from "../../../mixins/define-service.ts";
import type { SetRole, User } from "../../contracts/users.ts";
import { foreignActivity } from "../activity.ts";
import { giveRole } from "../domain/account.ts";
import type { Account, Decision } from "../domain/account.ts";
import { changeCounted } from "../last-admin.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

export async function setRole(this: Users, ctx: Ctx<typeof SetRole>): Promise<User> {
	const { id, role } = ctx.params;
	const command = { now: this.now(), expectedVersion: ctx.meta.expectedVersion };
	const rule = (account: Account, isLastAdmin: boolean) => giveRole(account, role, { ...command, isLastAdmin });
	const rider = ({ changed }: Decision) =>
		changed.length === 0 ? undefined : { at: command.now, activity: foreignActivity(this, "ROLE_CHANGED", { role }) };
	const account = await changeCounted(this, ctx, id, rule, rider);

	ctx.meta.$version = account.version;
	return userView(account);
}

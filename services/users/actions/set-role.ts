import type { Ctx } from "../../../mixins/define-service.ts";
import type { SetRole, User } from "../../contracts/users.ts";
import { giveRole } from "../domain/account.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

export async function setRole(this: Users, ctx: Ctx<typeof SetRole>): Promise<User> {
	const { id, role } = ctx.params;
	const command = { now: this.now(), expectedVersion: ctx.meta.expectedVersion };
	const account = await this.change(ctx, id, (current) => giveRole(current, role, command));

	ctx.meta.$version = account.version;
	return userView(account);
}

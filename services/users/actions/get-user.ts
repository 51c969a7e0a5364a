import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { UserNotFound } from "../../contracts/users.ts";
import type { GetUser, User } from "../../contracts/users.ts";
import { withinScope } from "../domain/account.ts";
import { findAccount } from "../storage/accounts.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

export async function getUser(this: Users, ctx: Ctx<typeof GetUser>): Promise<User> {
	const account = await findAccount(this.db, withinScope(ownerScope(ctx.meta.principal), ctx.params.id));
	if (account === undefined) throw new UserNotFound();

	ctx.meta.$version = account.version;
	return userView(account);
}

import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { UpdateUser, User } from "../../contracts/users.ts";
import { update, withinScope } from "../domain/account.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

export async function updateUser(this: Users, ctx: Ctx<typeof UpdateUser>): Promise<User> {
	const { id, ...fields } = ctx.params;
	const { principal, expectedVersion } = ctx.meta;
	const account = await this.change(ctx, withinScope(ownerScope(principal), id), (current) =>
		update(current, fields, { now: this.now(), expectedVersion }),
	);

	ctx.meta.$version = account.version;
	return userView(account);
}

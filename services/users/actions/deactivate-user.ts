import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { DeactivateUser } from "../../contracts/users.ts";
import { deactivate, withinScope } from "../domain/account.ts";
import { endSessionsOf } from "../storage/sessions.ts";
import type { Users } from "../users.context.ts";

/** The account closes and its sessions end in one transaction. */
export async function deactivateUser(this: Users, ctx: Ctx<typeof DeactivateUser>): Promise<null> {
	const id = withinScope(ownerScope(ctx.meta.principal), ctx.params.id);
	const command = { now: this.now(), expectedVersion: ctx.meta.expectedVersion };
	await this.db.transaction(async (tx) => {
		await this.changeIn(tx, ctx, id, (account) => deactivate(account, command));
		await endSessionsOf(tx, id, command.now);
	});
	this.wakeRelay();
	return null;
}

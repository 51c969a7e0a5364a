import type { Ctx } from "../../../mixins/define-service.ts";
import { LINK_PURPOSES } from "../../contracts/credentials.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { DeactivateUser } from "../../contracts/users.ts";
import { foreignActivity, ownActivity } from "../activity.ts";
import { deactivate, withinScope } from "../domain/account.ts";
import type { Account, Decision } from "../domain/account.ts";
import { changeCounted } from "../last-admin.ts";
import type { AccountRider } from "../storage/rider.ts";
import type { Users } from "../users.context.ts";

/** The account closes, and its sessions and links end, in one statement. */
export async function deactivateUser(this: Users, ctx: Ctx<typeof DeactivateUser>): Promise<null> {
	const id = withinScope(ownerScope(ctx.meta.principal), ctx.params.id);
	const command = { now: this.now(), expectedVersion: ctx.meta.expectedVersion };
	const isOwn = ctx.meta.principal?.userId === id;
	const activity = isOwn ? ownActivity(this, ctx, "DEACTIVATED") : foreignActivity(this, "DEACTIVATED");
	const ends = { at: command.now, activity, endLinks: LINK_PURPOSES, endSessions: { except: null } };

	const rule = (account: Account, isLastAdmin: boolean) => deactivate(account, { ...command, isLastAdmin });
	const rider = ({ changed }: Decision): AccountRider | undefined => (changed.length === 0 ? undefined : ends);
	await changeCounted(this, ctx, id, rule, rider);
	return null;
}

import type { Ctx } from "../../../mixins/define-service.ts";
import { LINK_PURPOSES } from "../../contracts/credentials.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { UpdateUser, User } from "../../contracts/users.ts";
import { update, withinScope } from "../domain/account.ts";
import type { Account, Decision } from "../domain/account.ts";
import { linkTo, noticeAt } from "../mail.ts";
import type { AccountRider } from "../storage/rider.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

type UpdateCtx = Ctx<typeof UpdateUser>;

export async function updateUser(this: Users, ctx: UpdateCtx): Promise<User> {
	const { id, ...fields } = ctx.params;
	const { principal, expectedVersion } = ctx.meta;
	const rule = (current: Account) => update(current, fields, { now: this.now(), expectedVersion });
	const rider = (decision: Decision) => forNewAddress(this, ctx, decision);
	const account = await this.change(ctx, withinScope(ownerScope(principal), id), rule, { rider });
	this.wakeRelay();

	ctx.meta.$version = account.version;
	return userView(account);
}

/** A link goes to the new address; those that were sent to the old one end, also in mails that are being written. */
function forNewAddress(users: Users, ctx: UpdateCtx, { state, movedFrom }: Decision): AccountRider | undefined {
	if (movedFrom === undefined) return undefined;
	const ends = { at: state.updatedAt, endLinks: LINK_PURPOSES };
	if (state.standing === "invited") return { ...ends, mail: linkTo(users, ctx, state.id, "invitation") };

	const outbox = noticeAt(users, ctx, { userId: state.id, to: movedFrom.email }, "email-changed");
	const notice = { outbox, isCounted: movedFrom.emailVerifiedAt === null };
	return { ...ends, mail: linkTo(users, ctx, state.id, "verify-email"), notice };
}

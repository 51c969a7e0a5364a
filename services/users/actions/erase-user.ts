import type { Ctx } from "../../../mixins/define-service.ts";
import type { NewSaga } from "../../../mixins/saga/saga.ts";
import type { Erasure, EraseUser } from "../../contracts/accounts.ts";
import { LINK_PURPOSES } from "../../contracts/credentials.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { beginErasure, withinScope } from "../domain/account.ts";
import type { Account, Decision } from "../domain/account.ts";
import { erasureOf } from "../erasure.view.ts";
import { changeCounted } from "../last-admin.ts";
import { erasureSaga } from "../sagas/erasure.saga.ts";
import type { AccountRider } from "../storage/rider.ts";
import type { Users } from "../users.context.ts";

type EraseCtx = Ctx<typeof EraseUser>;

/** The account closes and the saga begins in one statement; asked again, the answer tells how far it is. */
export async function eraseUser(this: Users, ctx: EraseCtx): Promise<Erasure> {
	const id = withinScope(ownerScope(ctx.meta.principal), ctx.params.id);
	const now = this.now();
	const saga = erasureSaga(this.newId(), id, now, ctx.requestID);
	const rule = (account: Account, isLastAdmin: boolean) => beginErasure(account, { now, isLastAdmin });
	const account = await changeCounted(this, ctx, id, rule, (decision) => beginning(this, decision, saga));

	// The rule's own moment: no other call has begun it.
	if (account.updatedAt === now) void this.runSaga(saga).catch((error: unknown) => warn(this, id, error));
	return erasureOf(this, id);
}

function beginning(users: Users, { state, changed }: Decision, saga: NewSaga): AccountRider | undefined {
	if (changed.length === 0) return undefined;
	const ends = { endLinks: LINK_PURPOSES, endSessions: { except: null } };
	return { at: state.updatedAt, ...ends, start: { saga, owner: users.broker.nodeID } };
}

const warn = (users: Users, id: string, error: unknown) =>
	users.logger.warn(`The erasure of ${id} was interrupted and will be resumed:`, error);

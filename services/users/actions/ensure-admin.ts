import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { EmailTaken } from "../../contracts/users.ts";
import type { EnsureAdmin } from "../../contracts/users.ts";
import { open } from "../domain/account.ts";
import { findIdByEmail } from "../storage/accounts.ts";
import type { Users } from "../users.context.ts";

/**
 * An existing account is left as it is: whoever registered the address first must not become an
 * administrator by a restart.
 */
export async function ensureAdmin(this: Users, ctx: Ctx<typeof EnsureAdmin>): Promise<ResultOf<typeof EnsureAdmin>> {
	const { email, password } = ctx.params;
	const knownId = await findIdByEmail(this.db, email);
	if (knownId !== undefined) return { userId: knownId, created: false };

	const passwordHash = await this.passwords.hash(password);
	const now = this.now();
	const decision = open(this.newId(), "admin", { email }, now);
	try {
		await this.create(ctx, decision, { at: now, passwordHash });
		return { userId: decision.state.id, created: true };
	} catch (error) {
		// Another node that starts at the same moment was faster.
		const winnerId = error instanceof EmailTaken ? await findIdByEmail(this.db, email) : undefined;
		if (winnerId === undefined) throw error;
		return { userId: winnerId, created: false };
	}
}

import type { Ctx } from "../../../mixins/define-service.ts";
import type { Logout } from "../../contracts/users.ts";
import { callerOf } from "../sign-in.ts";
import { endSession } from "../storage/sessions.ts";
import type { Users } from "../users.context.ts";

export async function logout(this: Users, ctx: Ctx<typeof Logout>): Promise<null> {
	await endSession(this.db, callerOf(ctx).sessionId, this.now());
	return null;
}

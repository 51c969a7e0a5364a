import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { CheckSession } from "../../contracts/users.ts";
import { userOfSession } from "../storage/sessions.ts";
import type { Users } from "../users.context.ts";

export async function checkSession(this: Users, ctx: Ctx<typeof CheckSession>): Promise<ResultOf<typeof CheckSession>> {
	return (await userOfSession(this.db, ctx.params.sessionId)) ?? null;
}

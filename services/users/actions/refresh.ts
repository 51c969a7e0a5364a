import type { Ctx } from "../../../mixins/define-service.ts";
import { RefreshRefused } from "../../contracts/users.ts";
import type { Refresh, Tokens } from "../../contracts/users.ts";
import { ownActivity } from "../activity.ts";
import { tokensOf } from "../sign-in.ts";
import { rotateRefreshToken } from "../storage/sessions.ts";
import { newRefreshToken, refreshTokenHash } from "../tokens/refresh-token.ts";
import type { Users } from "../users.context.ts";

export async function refresh(this: Users, ctx: Ctx<typeof Refresh>): Promise<Tokens> {
	const next = newRefreshToken(this.now());
	const presented = refreshTokenHash(ctx.params.refresh_token);
	const reuse = ownActivity(this, ctx, "SESSIONS_ENDED", { reason: "refresh token used twice" });
	const principal = await rotateRefreshToken(this.db, presented, next.stored, reuse);
	if (principal === undefined) throw new RefreshRefused();

	return tokensOf(this, principal, next.token);
}

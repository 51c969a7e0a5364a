import { Unauthenticated } from "../contracts/errors.ts";
import type { Meta, UserPrincipal } from "../contracts/meta.ts";
import { ACCESS_TOKEN } from "../contracts/users.ts";
import type { Tokens } from "../contracts/users.ts";
import type { NewSession } from "./storage/sessions.ts";
import { signAccessToken } from "./tokens/access-token.ts";
import { newRefreshToken } from "./tokens/refresh-token.ts";
import type { Users } from "./users.context.ts";

export const USER_AGENT_LENGTH = 500;

interface Request {
	readonly meta: Meta;
}

/** A session to be opened from where the request came, and the refresh token that only the client will know. */
export function beginSession(users: Users, { meta }: Request): { session: NewSession; refreshToken: string } {
	const now = users.now();
	const { token, stored } = newRefreshToken(now);
	const origin = { address: meta.address ?? null, userAgent: meta.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null };
	return { session: { id: users.newId(), ...origin, openedAt: now, refresh: stored }, refreshToken: token };
}

/** What a client gets to act as this principal. */
export async function tokensOf(users: Users, principal: UserPrincipal, refreshToken: string): Promise<Tokens> {
	return {
		access_token: await signAccessToken(users.signingKey, principal, users.now(), users.newId()),
		token_type: "Bearer",
		expires_in: ACCESS_TOKEN.lifetimeSeconds,
		refresh_token: refreshToken,
	};
}

/** @throws Unauthenticated when nobody is signed in; a service has no session */
export function callerOf({ meta: { principal } }: Request): UserPrincipal {
	if (principal === undefined || principal.kind === "service") throw new Unauthenticated();
	return principal;
}

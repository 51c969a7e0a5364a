import { Unauthenticated } from "../../contracts/errors.ts";
import type { Principal, Role, UserPrincipal } from "../../contracts/meta.ts";
import type { VerifyToken } from "./access-token.ts";
import type { MayAsk } from "./remembered.ts";

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** The header fields that say who is asking. */
export interface Credentials {
	readonly authorization?: string | undefined;
	readonly "x-api-key"?: string | readonly string[] | undefined;
}

/** Who is asking, by the header fields of a request; undefined without any of these. A key may be a mere guess. */
export type Authenticator = (credentials: Credentials, mayAskOfKey?: MayAsk) => Promise<Principal | undefined>;

/** The user of an open session, or null when it was revoked. */
export type SessionUser = { readonly userId: string; readonly role: Role } | null;
export type Sessions = (sessionId: string) => Promise<SessionUser>;

/** The user of an Authorization header. */
export type UserAuthenticator = (authorization: string) => Promise<UserPrincipal>;

/**
 * Joins the token, which says who signed in, with the session, which says whether that still holds.
 *
 * @throws Unauthenticated when what was sent does not prove an open session
 */
export function userAuthenticator(verify: VerifyToken, sessionUser: Sessions): UserAuthenticator {
	return async (authorization) => {
		const token = BEARER.exec(authorization)?.[1];
		if (token === undefined) throw new Unauthenticated();

		const { userId, sessionId } = await verify(token);
		const user = await sessionUser(sessionId);
		if (user?.userId !== userId) throw new Unauthenticated();
		return { userId, role: user.role, sessionId };
	};
}

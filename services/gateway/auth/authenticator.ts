import { Unauthenticated } from "../../contracts/errors.ts";
import type { Principal } from "../../contracts/meta.ts";
import type { VerifyToken } from "./access-token.ts";
import type { Sessions } from "./sessions.ts";

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** Who is asking, by the Authorization header; undefined without one. */
export type Authenticator = (authorization: string | undefined) => Promise<Principal | undefined>;

/**
 * Joins the token, which says who signed in, with the session, which says whether that still holds.
 *
 * @throws Unauthenticated when what was sent does not prove an open session
 */
export function authenticator(verify: VerifyToken, sessionUser: Sessions): Authenticator {
	return async (authorization) => {
		if (authorization === undefined) return undefined;
		const token = BEARER.exec(authorization)?.[1];
		if (token === undefined) throw new Unauthenticated();

		const { userId, sessionId } = await verify(token);
		const user = await sessionUser(sessionId);
		if (user?.userId !== userId) throw new Unauthenticated();
		return { userId, role: user.role, sessionId };
	};
}

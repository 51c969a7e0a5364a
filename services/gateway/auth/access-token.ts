import type { JWTPayload } from "jose";
import { verifiedTokens } from "../../../mixins/tokens/verified-tokens.ts";
import type { KeySet } from "../../../mixins/tokens/key-set.ts";
import { Unauthenticated } from "../../contracts/errors.ts";
import { ACCESS_TOKEN } from "../../contracts/users.ts";

/** What a verified access token says. Its role is not read: the session knows the present one. */
export interface Claims {
	readonly userId: string;
	readonly sessionId: string;
	readonly expiresAtMs: number;
}

export type VerifyToken = (token: string) => Promise<Claims>;

const OPTIONS = {
	algorithms: [ACCESS_TOKEN.algorithm],
	issuer: ACCESS_TOKEN.issuer,
	audience: ACCESS_TOKEN.audience,
	requiredClaims: ["sub", "sid", "exp"],
};

/**
 * Verifies access tokens: Ed25519 only, issued by and for this shop, not expired.
 *
 * @param nowMs milliseconds since the epoch
 * @throws Unauthenticated
 */
export function tokenVerifier(keyOf: KeySet, nowMs: () => number): VerifyToken {
	const tokens = verifiedTokens({ options: OPTIONS, claimsOf, keyOf, nowMs });

	return async (token) => {
		const claims = await tokens.verify(token);
		if (claims === undefined) throw new Unauthenticated();
		return claims;
	};
}

function claimsOf({ sub = "", sid, exp = 0 }: JWTPayload): Claims | undefined {
	return typeof sid === "string" ? { userId: sub, sessionId: sid, expiresAtMs: exp * 1_000 } : undefined;
}

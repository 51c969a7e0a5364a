import { SignJWT } from "jose";
import type { UserPrincipal } from "../../contracts/meta.ts";
import { ACCESS_TOKEN } from "../../contracts/users.ts";
import type { SigningKey } from "./signing-key.ts";

/**
 * A signed access token (RFC 7519) that says who calls, in which session and role.
 *
 * @param tokenId unique, the claim `jti`
 */
export function signAccessToken(
	{ privateKey, publicJwk }: SigningKey,
	{ userId, sessionId, role }: UserPrincipal,
	now: Date,
	tokenId: string,
): Promise<string> {
	const issuedAtSeconds = Math.floor(now.getTime() / 1000);
	return new SignJWT({ sid: sessionId, role })
		.setProtectedHeader({ alg: ACCESS_TOKEN.algorithm, typ: "JWT", kid: publicJwk.kid })
		.setIssuer(ACCESS_TOKEN.issuer)
		.setAudience(ACCESS_TOKEN.audience)
		.setSubject(userId)
		.setJti(tokenId)
		.setIssuedAt(issuedAtSeconds)
		.setExpirationTime(issuedAtSeconds + ACCESS_TOKEN.lifetimeSeconds)
		.sign(privateKey);
}

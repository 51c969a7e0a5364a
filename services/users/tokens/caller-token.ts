import { SignJWT } from "jose";
import { CALLER_TOKEN } from "../../contracts/callers.ts";
import type { SigningKey } from "./signing-key.ts";

/**
 * A signed token by which a node shows to others which services it is.
 *
 * @param services names; the claim `sub` lists them with spaces between
 * @param tokenId unique, the claim `jti`
 */
export function signCallerToken(
	{ privateKey, publicJwk }: SigningKey,
	services: readonly string[],
	now: Date,
	tokenId: string,
): Promise<string> {
	const issuedAtSeconds = Math.floor(now.getTime() / 1_000);
	return new SignJWT()
		.setProtectedHeader({ alg: CALLER_TOKEN.algorithm, typ: CALLER_TOKEN.type, kid: publicJwk.kid })
		.setIssuer(CALLER_TOKEN.issuer)
		.setAudience(CALLER_TOKEN.audience)
		.setSubject(services.join(" "))
		.setJti(tokenId)
		.setIssuedAt(issuedAtSeconds)
		.setExpirationTime(issuedAtSeconds + CALLER_TOKEN.lifetimeSeconds)
		.sign(privateKey);
}

import { errors, jwtVerify } from "jose";
import type { JWTHeaderParameters } from "jose";
import { LRUCache } from "lru-cache";
import { Unauthenticated } from "../../contracts/errors.ts";
import { ACCESS_TOKEN } from "../../contracts/users.ts";
import type { KeySet } from "./key-set.ts";

const MAX_TOKENS = 10_000;
const MAX_TOKEN_LENGTH = 2_048;

/** What a verified access token says. Its role is not read: the session knows the present one. */
export interface Claims {
	readonly userId: string;
	readonly sessionId: string;
	readonly expiresAtMs: number;
}

export type VerifyToken = (token: string) => Promise<Claims>;

/**
 * Verifies access tokens: Ed25519 only, issued by and for this shop, not expired. A token that was
 * verified is remembered until it expires, since its bytes cannot come to mean anything else.
 *
 * @param nowMs milliseconds since the epoch
 * @throws Unauthenticated
 */
export function tokenVerifier(keyOf: KeySet, nowMs: () => number): VerifyToken {
	const verified = new LRUCache<string, Claims>({ max: MAX_TOKENS });

	return async (token) => {
		const known = verified.get(token);
		if (known !== undefined && known.expiresAtMs > nowMs()) return known;

		const claims = await verify(token, keyOf, nowMs());
		verified.set(token, claims);
		return claims;
	};
}

async function verify(token: string, keyOf: KeySet, nowMs: number): Promise<Claims> {
	if (token.length > MAX_TOKEN_LENGTH) throw new Unauthenticated();
	const options = {
		algorithms: [ACCESS_TOKEN.algorithm],
		issuer: ACCESS_TOKEN.issuer,
		audience: ACCESS_TOKEN.audience,
		requiredClaims: ["sub", "sid", "exp"],
		currentDate: new Date(nowMs),
	};
	const { payload } = await jwtVerify(token, (header: JWTHeaderParameters) => keyOf(header.kid), options).catch(refuse);
	const { sub = "", sid, exp = 0 } = payload;
	if (typeof sid !== "string") throw new Unauthenticated();
	return { userId: sub, sessionId: sid, expiresAtMs: exp * 1_000 };
}

function refuse(error: unknown): never {
	throw error instanceof errors.JOSEError ? new Unauthenticated() : error;
}

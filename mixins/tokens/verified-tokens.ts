import { errors, jwtVerify } from "jose";
import type { JWTHeaderParameters, JWTPayload, JWTVerifyOptions } from "jose";
import { LRUCache } from "lru-cache";
import type { KeySet } from "./key-set.ts";

const MAX_TOKENS = 10_000;
const MAX_TOKEN_LENGTH = 2_048;

export interface TokenRules<C extends object> {
	/** Algorithms, issuer, audience and claims that a token must have. */
	readonly options: JWTVerifyOptions;
	/** What a good token says; undefined refuses it after all. */
	readonly claimsOf: (payload: JWTPayload) => C | undefined;
	readonly keyOf: KeySet;
	/** Milliseconds since the epoch. */
	readonly nowMs: () => number;
	/** How long after its end a token is still taken, since the clocks of two nodes differ. */
	readonly skewSeconds?: number;
}

export interface VerifiedTokens<C extends object> {
	/** The claims of a token that was verified before and still holds: a look-up. */
	known(token: string): C | undefined;
	/**
	 * The claims of a token, or undefined when it proves nothing.
	 *
	 * @throws when the keys cannot be fetched, which says nothing about the token
	 */
	verify(token: string): Promise<C | undefined>;
}

interface Remembered<C> {
	readonly claims: C;
	readonly untilMs: number;
}

/** Verifies signed tokens, each once: until it expires, its bytes cannot come to mean anything else. */
export function verifiedTokens<C extends object>(rules: TokenRules<C>): VerifiedTokens<C> {
	const verified = new LRUCache<string, Remembered<C>>({ max: MAX_TOKENS });

	const known = (token: string): C | undefined => {
		const found = verified.get(token);
		return found !== undefined && found.untilMs > rules.nowMs() ? found.claims : undefined;
	};

	return {
		known,
		async verify(token) {
			const before = known(token);
			if (before !== undefined) return before;

			const fresh = await verify(token, rules);
			if (fresh !== undefined) verified.set(token, fresh);
			return fresh?.claims;
		},
	};
}

async function verify<C extends object>(token: string, rules: TokenRules<C>): Promise<Remembered<C> | undefined> {
	const { options, claimsOf, keyOf, nowMs, skewSeconds = 0 } = rules;
	if (token.length > MAX_TOKEN_LENGTH) return undefined;

	const checks = { ...options, clockTolerance: skewSeconds, currentDate: new Date(nowMs()) };
	const keyFor = ({ kid }: JWTHeaderParameters) => keyOf(kid);
	const verified = await jwtVerify(token, keyFor, checks).catch(unlessItProvesNothing);
	const claims = verified === undefined ? undefined : claimsOf(verified.payload);
	if (claims === undefined) return undefined;
	return { claims, untilMs: ((verified?.payload.exp ?? 0) + skewSeconds) * 1_000 };
}

function unlessItProvesNothing(error: unknown): undefined {
	if (!(error instanceof errors.JOSEError)) throw error;
}

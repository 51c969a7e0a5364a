import { errors, importJWK } from "jose";
import type { CryptoKey, JWK } from "jose";

/** Tokens with invented key ids must not become a stream of calls to whoever publishes the keys. */
const REFETCH_AFTER_MS = 10_000;

export interface KeySource {
	readonly fetchKeys: () => Promise<readonly JWK[]>;
	/** Milliseconds of any steady clock. */
	readonly nowMs: () => number;
}

export type KeySet = (kid: string | undefined) => Promise<CryptoKey>;

/**
 * The public keys that sign tokens, by key id. An unknown id has them fetched again, at most
 * once in ten seconds; simultaneous requests share one fetch, and a failed one does not count.
 *
 * @throws JWKSNoMatchingKey when no such key exists, and what fetching throws
 */
export function keySet({ fetchKeys, nowMs }: KeySource): KeySet {
	let keys: ReadonlyMap<string, CryptoKey> = new Map();
	let fetchedAtMs = -Infinity;
	let fetching: Promise<void> | undefined;

	const refetch = async (): Promise<void> => {
		keys = await importAll(await fetchKeys());
		fetchedAtMs = nowMs();
	};

	return async (kid = "") => {
		if (!keys.has(kid) && nowMs() - fetchedAtMs >= REFETCH_AFTER_MS) {
			fetching ??= refetch().finally(() => (fetching = undefined));
			await fetching;
		}
		const key = keys.get(kid);
		if (key === undefined) throw new errors.JWKSNoMatchingKey();
		return key;
	};
}

/** Only Ed25519: whatever else a key set may come to hold is not for our tokens. */
async function importAll(jwks: readonly JWK[]): Promise<ReadonlyMap<string, CryptoKey>> {
	const ours = jwks.filter(({ kty, crv, kid }) => kty === "OKP" && crv === "Ed25519" && kid !== undefined);
	const imported = ours.map(async (jwk) => [jwk.kid ?? "", (await importJWK(jwk, "EdDSA")) as CryptoKey] as const);
	return new Map(await Promise.all(imported));
}

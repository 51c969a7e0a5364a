import { createHash, createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { ResultOf } from "../../contracts/action.ts";
import { ACCESS_TOKEN } from "../../contracts/users.ts";
import type { Jwks } from "../../contracts/users.ts";

export type PublicJwk = ResultOf<typeof Jwks>["keys"][number];

export interface SigningKey {
	readonly privateKey: KeyObject;
	/** The half that everybody may have, as an OKP key (RFC 8037) with its thumbprint as `kid`. */
	readonly publicJwk: PublicJwk;
}

const SEED_BYTES = 32;
/** Binds the derived bytes to this one purpose: other keys from the same secret have nothing in common with it. */
const PURPOSE = "stoa ed25519 signing key";
/** What stands before the seed in the PKCS #8 form of an Ed25519 key (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * The Ed25519 key (RFC 8032) that signs access tokens, derived from the secret by HKDF-SHA256 (RFC 5869):
 * every node with the same secret signs with the same key, and only its public half ever leaves them.
 *
 * @param secret at least 32 bytes of randomness; HKDF spreads entropy and cannot make any
 */
export function signingKeyFrom(secret: string): SigningKey {
	const seed = Buffer.from(hkdfSync("sha256", secret, "", PURPOSE, SEED_BYTES));
	const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
	const { crv = "", kty = "", x = "" } = createPublicKey(privateKey).export({ format: "jwk" });

	return {
		privateKey,
		publicJwk: { kty, crv, x, kid: thumbprint(crv, kty, x), alg: ACCESS_TOKEN.algorithm, use: "sig" },
	};
}

/** RFC 7638: the hash of the required members in lexicographic order. */
const thumbprint = (crv: string, kty: string, x: string): string =>
	createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url");

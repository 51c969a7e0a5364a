import { hash, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;

/**
 * A secret and what the store keeps of it. A plain, fast hash is safe here, where a password needs argon2: a password
 * is guessed from a list of likely ones, but there are 2^256 equally likely secrets, and no computer counts them.
 */
export interface ApiKeySecret {
	readonly secret: string;
	readonly hash: string;
}

export function newApiKeySecret(): ApiKeySecret {
	const secret = randomBytes(SECRET_BYTES).toString("base64url");
	return { secret, hash: hash("sha256", secret, "base64url") };
}

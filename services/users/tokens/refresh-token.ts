import { createHash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;
const LIFETIME_MS = 30 * 24 * 60 * 60_000;

/** A refresh token for its owner, and what the store keeps of it. */
export interface RefreshToken {
	readonly token: string;
	readonly stored: { readonly hash: string; readonly expiresAt: Date };
}

/** 256 bits of chance: nothing to guess, so a plain fast hash of it is safe to keep. */
export function newRefreshToken(now: Date): RefreshToken {
	const token = randomBytes(TOKEN_BYTES).toString("base64url");
	return { token, stored: { hash: refreshTokenHash(token), expiresAt: new Date(now.getTime() + LIFETIME_MS) } };
}

export const refreshTokenHash = (token: string): string => createHash("sha256").update(token).digest("base64url");

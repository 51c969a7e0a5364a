import { createHmac, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;

/** Shown to an administrator once; all of the text is the key of the HMAC. */
export const newSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString("base64url")}`;

/**
 * The signature header of a body, made when it is sent: what is old, a receiver may refuse as a replay.
 *
 * @param secrets the current one, and the one before while it is being replaced: one signature each
 */
export function signatureOf(body: string, secrets: readonly string[], at: Date): string {
	const seconds = Math.floor(at.getTime() / 1_000);
	const signatures = secrets.map((secret) => createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex"));
	return [`t=${seconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(",");
}

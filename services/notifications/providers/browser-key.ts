import { ECDH } from "node:crypto";

const CURVE = "prime256v1";
/** The first byte of a point that is written with both of its coordinates. */
const UNCOMPRESSED = 4;

/** Whether a message can be encrypted for a browser with this `p256dh`: an uncompressed point of P-256 (RFC 8291). */
export function isBrowserKey(p256dh: string): boolean {
	const point = Buffer.from(p256dh, "base64url");
	if (point[0] !== UNCOMPRESSED) return false;
	try {
		// node:crypto looks at a point when it converts it, even if to what it was.
		ECDH.convertKey(point, CURVE);
		return true;
	} catch {
		return false;
	}
}

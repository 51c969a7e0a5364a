import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { parse, stringify } from "uuid";
import type { LinkPurpose } from "../../contracts/credentials.ts";

const KEY_BYTES = 32;
const ID_BYTES = 16;
const KEY_PURPOSE = "stoa mail links";

/** What a link stands for. */
export interface LinkClaim {
	readonly purpose: LinkPurpose;
	readonly tokenId: string;
	readonly userId: string;
	/** To which it is mailed. */
	readonly email: string;
}

/** The secrets in mailed links: the link's id, and an HMAC over what it stands for. Nothing of them is stored. */
export class LinkTokens {
	readonly #key: Buffer;

	/** @param secret at least 32 bytes of randomness */
	constructor(secret: string) {
		this.#key = Buffer.from(hkdfSync("sha256", secret, "", KEY_PURPOSE, KEY_BYTES));
	}

	write({ purpose, tokenId, userId, email }: LinkClaim): string {
		const proof = createHmac("sha256", this.#key).update([purpose, tokenId, userId, email].join("|")).digest();
		return Buffer.concat([parse(tokenId), proof]).toString("base64url");
	}

	/** The id that a token names, right or wrong; undefined when it cannot be one. */
	idIn(token: string): string | undefined {
		const bytes = Buffer.from(token, "base64url");
		return bytes.length === ID_BYTES + KEY_BYTES ? idOf(bytes.subarray(0, ID_BYTES)) : undefined;
	}

	isRight(token: string, claim: LinkClaim): boolean {
		const [given, right] = [Buffer.from(token), Buffer.from(this.write(claim))];
		return given.length === right.length && timingSafeEqual(given, right);
	}
}

/** Bytes that somebody made up need not be those of a UUID. */
function idOf(bytes: Uint8Array): string | undefined {
	try {
		return stringify(bytes);
	} catch {
		return undefined;
	}
}

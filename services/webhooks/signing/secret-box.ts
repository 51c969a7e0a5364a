import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps secrets that have to be used again: AES-256-GCM, bound to what they belong to. */
export interface SecretBox {
	/** @param owner the id of what it belongs to, without which it cannot be opened */
	seal(secret: string, owner: string): Buffer;
	/** @throws when no key of the box opens it, or it belongs to another owner */
	open(sealed: Buffer, owner: string): string;
}

/** @param keys of 32 bytes: the first seals, all of them open, so that a key can be replaced */
export function secretBox(keys: readonly Buffer[]): SecretBox {
	const [newest = Buffer.alloc(0)] = keys;
	return {
		seal: (secret, owner) => seal(newest, secret, owner),
		open(sealed, owner) {
			const opened = keys.map((key) => tryOpen(key, sealed, owner)).find((secret) => secret !== undefined);
			if (opened === undefined) throw new Error(UNREADABLE);
			return opened;
		},
	};
}

const UNREADABLE =
	"A stored webhook secret cannot be read. WEBHOOK_ENCRYPTION_KEY is another one than it was stored with: put the " +
	"old key behind the new one, with a comma, or rotate the secret.";

function seal(key: Buffer, secret: string, owner: string): Buffer {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(owner));
	const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function tryOpen(key: Buffer, sealed: Buffer, owner: string): string | undefined {
	const [nonce, rest] = [sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES)];
	try {
		const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
		decipher.setAAD(Buffer.from(owner)).setAuthTag(rest.subarray(0, TAG_BYTES));
		return decipher.update(rest.subarray(TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
	} catch {
		return undefined;
	}
}

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the laptop shape makes up once and keeps; elsewhere the environment must give it. */
export interface Secrets {
	readonly jwtSecret: string;
	/** Used for the first administrator, unless ADMIN_PASSWORD is given. */
	readonly adminPassword: string;
	/** The key pair that push messages are signed with; browsers are subscribed to its public half. */
	readonly vapidPublicKey: string;
	readonly vapidPrivateKey: string;
	/** Encrypts the secrets that sign webhooks. */
	readonly webhookKey: string;
}

/** The secrets of a data folder, generated where they are missing and readable by their owner only. */
export function secretsOf(home: string): Secrets {
	const path = join(home, "secrets.json");
	const kept = read(path);
	const secrets: Secrets = { ...generated(), ...kept };
	if (Object.keys(kept).length < Object.keys(secrets).length) write(path, secrets);
	return secrets;
}

function read(path: string): Partial<Secrets> {
	try {
		return JSON.parse(readFileSync(path, "utf8")) as Partial<Secrets>;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
		return {};
	}
}

function generated(): Secrets {
	return {
		jwtSecret: randomBytes(48).toString("base64url"),
		adminPassword: randomBytes(12).toString("base64url"),
		...vapidKeys(),
		webhookKey: randomBytes(32).toString("base64url"),
	};
}

/** A pair on the curve P-256 as web push writes it: the uncompressed point, and the number, in base64url (RFC 8292). */
function vapidKeys() {
	const {
		x = "",
		y = "",
		d = "",
	} = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
		format: "jwk",
	});
	const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
	return { vapidPublicKey: point.toString("base64url"), vapidPrivateKey: d };
}

/** The old file stays until the new one is whole: without it nobody could sign in any more. */
function write(path: string, secrets: Secrets): void {
	writeFileSync(`${path}.part`, JSON.stringify(secrets), { mode: 0o600 });
	renameSync(`${path}.part`, path);
}

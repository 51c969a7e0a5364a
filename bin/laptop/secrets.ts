import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the laptop shape makes up once and keeps; elsewhere the environment must give it. */
export interface Secrets {
	readonly jwtSecret: string;
	/** Used for the first administrator, unless ADMIN_PASSWORD is given. */
	readonly adminPassword: string;
}

/** The secrets of a data folder, generated at the first start and readable by their owner only. */
export function secretsOf(home: string): Secrets {
	const path = join(home, "secrets.json");
	try {
		return JSON.parse(readFileSync(path, "utf8")) as Secrets;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
	}
	const secrets = {
		jwtSecret: randomBytes(48).toString("base64url"),
		adminPassword: randomBytes(12).toString("base64url"),
	};
	writeFileSync(path, JSON.stringify(secrets), { mode: 0o600 });
	return secrets;
}

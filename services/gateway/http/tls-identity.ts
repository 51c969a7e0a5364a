import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Server } from "node:https";

/** Whoever rotates certificates leaves the old one valid for days, so that looking now and then is enough. */
const LOOK_EVERY_MS = 10_000;

/** Where the certificate chain and its key are, as PEM. */
export interface IdentityFiles {
	readonly certFile: string;
	readonly keyFile: string;
}

/** What the server proves its name with. */
export interface Identity {
	readonly cert: string;
	readonly key: string;
	readonly minVersion: "TLSv1.2";
}

/**
 * Reads the certificate and its key.
 *
 * @throws with a text that names the file, when one is missing, malformed, or not the other's
 */
export function readIdentity({ certFile, keyFile }: IdentityFiles): Identity {
	const cert = read(certFile, "certificate", (pem) => new X509Certificate(pem));
	const key = read(keyFile, "private key", (pem) => createPrivateKey(pem));
	if (!cert.value.checkPrivateKey(key.value))
		throw new Error(`${keyFile} is not the key of the certificate ${certFile}`);
	return { cert: cert.pem, key: key.pem, minVersion: "TLSv1.2" };
}

function read<T>(file: string, what: string, parse: (pem: string) => T): { pem: string; value: T } {
	try {
		const pem = readFileSync(file, "utf8");
		return { pem, value: parse(pem) };
	} catch (error) {
		throw new Error(`${file} is not a readable PEM ${what}: ${(error as Error).message}`, { cause: error });
	}
}

interface Following {
	readonly files: IdentityFiles;
	/** What the server has now. */
	readonly identity: Identity;
	/** Told once of each problem; the server keeps what it has. */
	readonly onProblem: (message: string) => void;
	readonly everyMs?: number;
}

/**
 * Gives the server what the files hold, whenever that changes: new connections get it, open ones go on. The
 * contents are compared, since a rotation may replace the files, or a folder above them.
 *
 * @returns ends it
 */
export function followIdentity(
	server: Pick<Server, "setSecureContext">,
	{ files, identity, onProblem, everyMs = LOOK_EVERY_MS }: Following,
): () => void {
	let { cert, key } = identity;
	let told = "";

	const look = () => {
		try {
			const found = readIdentity(files);
			if (found.cert !== cert || found.key !== key) server.setSecureContext(found);
			({ cert, key } = found);
			told = "";
		} catch (error) {
			const { message } = error as Error;
			if (message !== told) onProblem(message);
			told = message;
		}
	};
	const timer = setInterval(look, everyMs).unref();
	return () => clearInterval(timer);
}

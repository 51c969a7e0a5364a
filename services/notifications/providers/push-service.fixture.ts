import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { freshCertificates } from "../../../test/support/certificates.ts";

type Certificates = Awaited<ReturnType<typeof freshCertificates>>;

/** A browser with a subscription: what it tells the shop, and how it reads what it gets. */
export interface Browser {
	readonly keys: { readonly p256dh: string; readonly auth: string };
	open(body: Buffer): unknown;
}

export interface Pushed {
	readonly path: string;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Buffer;
}

export interface PushService {
	readonly url: string;
	readonly pushed: Pushed[];
	/** What it answers to a path, in order; then 201. */
	readonly answers: Map<string, number[]>;
	close(): Promise<void>;
}

/** The push service of a browser's maker (RFC 8030), over TLS. */
export async function openPushService({ certificate, key }: Certificates): Promise<PushService> {
	const pushed: Pushed[] = [];
	const answers: PushService["answers"] = new Map();
	const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const path = request.url ?? "";
			pushed.push({ path, headers: request.headers, body: Buffer.concat(chunks) });
			response.writeHead(answers.get(path)?.shift() ?? 201).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `https://localhost:${(server.address() as AddressInfo).port}`,
		pushed,
		answers,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

/** Makes the keys of a subscription, and decrypts with them: RFC 8291 over `aes128gcm` of RFC 8188. */
export function openBrowser(): Browser {
	const pair = createECDH("prime256v1");
	const mine = pair.generateKeys();
	const auth = randomBytes(16);
	return {
		keys: { p256dh: mine.toString("base64url"), auth: auth.toString("base64url") },
		open(body) {
			const salt = body.subarray(0, 16);
			const keyLength = body.readUInt8(20);
			const theirs = body.subarray(21, 21 + keyLength);
			const info = Buffer.concat([Buffer.from("WebPush: info\0"), mine, theirs]);
			const secret = Buffer.from(hkdfSync("sha256", pair.computeSecret(theirs), auth, info, 32));
			const derived = (what: string, bytes: number) =>
				Buffer.from(hkdfSync("sha256", secret, salt, `Content-Encoding: ${what}\0`, bytes));
			const sealed = body.subarray(21 + keyLength);
			const decipher = createDecipheriv("aes-128-gcm", derived("aes128gcm", 16), derived("nonce", 12));
			decipher.setAuthTag(sealed.subarray(-16));
			const opened = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
			// Padding: a delimiter 2 in the last record, then zeroes.
			return JSON.parse(opened.subarray(0, opened.lastIndexOf(2)).toString()) as unknown;
		},
	};
}

import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { readFileSync } from "node:fs";
import type { LookupAddress } from "node:dns";
import NodeHttp, { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { freshCertificates } from "../../test/support/certificates.ts";
import { config } from "./config.ts";
import { postOutside } from "./post.ts";
import type { OutboundFailed } from "./outbound-failed.ts";
import type { OutboundOptions } from "./post.ts";

const LAPTOP = config({});
const at = (address: string): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 });

interface Heard {
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
}

let heard: Heard[];
let http: Server;
let https: Server;
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
const open = (server: Server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

/** What the receiver does with a request, by its path. */
const ANSWERS: Readonly<Record<string, RequestListener>> = {
	"/": (_, response) => response.end("thanks"),
	"/redirect": (_, response) => response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
	"/endless": (_, response) => void response.writeHead(200).write("x".repeat(100_000)),
	"/silent": () => undefined,
	"/upgrade": (_, { socket }) =>
		void socket?.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n"),
	"/stalled": (_, response) => void response.writeHead(200, { "content-length": "10" }).write("half"),
};

async function receive(...[request, response]: Parameters<RequestListener>) {
	const body = Buffer.concat(await request.toArray()).toString();
	heard.push({ headers: request.headers, body });
	ANSWERS[request.url ?? "/"]?.(request, response);
}

const post = (url: string, options: Partial<OutboundOptions> = {}) =>
	postOutside({ url, headers: { "stoa-test": "yes" }, body: "{}" }, { rules: LAPTOP, ...options });
const codeOf = (sending: Promise<unknown>) =>
	sending.then(() => "answered").catch((error: unknown) => (error as OutboundFailed).code);
const plain = (path = "/") => `http://127.0.0.1:${portOf(http)}${path}`;

beforeAll(async () => {
	const { ca, certificate, key } = await freshCertificates();
	tls.setDefaultCACertificates([...tls.getCACertificates("default"), readFileSync(ca, "utf8")]);
	http = createServer((...both) => void receive(...both));
	https = createSecureServer(
		{ cert: readFileSync(certificate), key: readFileSync(key) },
		(...both) => void receive(...both),
	);
	await Promise.all([open(http), open(https)]);
});
beforeEach(() => {
	heard = [];
});
afterAll(() => {
	for (const server of [http, https]) {
		server.closeAllConnections();
		server.close();
	}
});

describe("a request to an address of an outsider", () => {
	it("is one POST with its headers and body, and brings back the answer", async () => {
		const { status, body } = await post(plain());

		expect([status, body.toString()]).toEqual([200, "thanks"]);
		expect(heard).toMatchObject([{ headers: { "stoa-test": "yes", connection: "close" }, body: "{}" }]);
	});

	it("follows no redirect", async () => {
		expect(await post(plain("/redirect"))).toMatchObject({ status: 302, headers: { location: expect.any(String) } });
		expect(heard).toHaveLength(1);
	});

	it("reads no more of the answer than it was asked to, however much there is", async () => {
		expect((await post(plain("/endless"), { maxBytes: 1_000 })).body).toHaveLength(1_000);
	});

	it("uses no proxy of the environment", async () => {
		const direct = NodeHttp.globalAgent;
		NodeHttp.globalAgent = new NodeHttp.Agent({ proxyEnv: { HTTP_PROXY: "http://127.0.0.1:1" } });

		expect((await post(plain()).finally(() => (NodeHttp.globalAgent = direct))).status).toBe(200);
	});

	it.each(["/silent", "/stalled"])("ends when its time is over, the answer included: %s", async (path) => {
		expect(await codeOf(post(plain(path), { timeoutMs: 100 }))).toBe("TIMED_OUT");
	});

	it("has no answer from who changes to another protocol", async () => {
		expect(await codeOf(post(plain("/upgrade")))).toBe("ANSWER_INVALID");
	});

	it("does not wait for a name that nobody resolves", async () => {
		const never = () => new Promise<never>(() => undefined);

		expect(await codeOf(post("https://slow.example/", { timeoutMs: 50, resolve: never }))).toBe("TIMED_OUT");
	});

	it("ends when it is called off", async () => {
		const caller = new AbortController();
		const sending = codeOf(post(plain("/silent"), { signal: caller.signal }));
		caller.abort();

		expect(await sending).toBe("TIMED_OUT");
	});

	it("says what went wrong in a word that tells nothing of our network", async () => {
		const rude = createTcpServer((socket) => socket.end("220 mail.example ESMTP\r\n"));
		await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
		const nobody = () => Promise.reject(new Error("getaddrinfo ENOTFOUND"));

		const url = `http://127.0.0.1:${portOf(rude)}/`;
		expect(await codeOf(post(url))).toBe("ANSWER_INVALID");
		rude.close();
		expect(await codeOf(post(url))).toBe("CONNECTION_FAILED");
		expect(await codeOf(post("https://gone.example/", { resolve: nobody }))).toBe("NAME_NOT_FOUND");
		expect(await codeOf(post("https://gone.example/", { resolve: async () => [] }))).toBe("NAME_NOT_FOUND");
		expect(await codeOf(post(`https://127.0.0.1:${portOf(http)}/`))).toBe("TLS_FAILED");
	});
});

describe("the addresses of a name", () => {
	const secure = (name: string) => `https://${name}:${portOf(https)}`;

	it.each(["127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254", "10.0.0.1", "fd00::1", "64:ff9b::7f00:1", "0.0.0.0"])(
		"are refused when one is %s, even beside a public one",
		async (address) => {
			const resolve = async () => [at("8.8.8.8"), at(address)];

			expect(await codeOf(post("https://shop.example/", { resolve }))).toBe("ADDRESS_REFUSED");
		},
	);

	it("are refused on a laptop, too, when another name than localhost leads to it", async () => {
		expect(await codeOf(post("https://shop.example/", { resolve: async () => [at("127.0.0.1")] }))).toBe(
			"ADDRESS_REFUSED",
		);
	});

	it("are looked up once: the connection goes where the check looked, whatever the name says next", async () => {
		const resolve = jest.fn(async () => [at("127.0.0.1")]);
		const options = { rules: { ...LAPTOP, allowedOrigins: new Set([secure("localhost")]) }, resolve };
		const unknown = { rules: { ...LAPTOP, allowedOrigins: new Set([secure("nobody.invalid")]) }, resolve };

		expect((await post(secure("localhost"), options)).status).toBe(200);
		expect(resolve).toHaveBeenCalledTimes(1);
		// No resolver knows the name, so it is the pinned address that answers; its certificate is not for this name.
		expect(await codeOf(post(secure("nobody.invalid"), unknown))).toBe("TLS_FAILED");
	});

	it("are checked anew for each request: one that has become private is refused (DNS rebinding)", async () => {
		const answers = [[at("127.0.0.1")], [at("169.254.169.254")]];
		const resolve = async () => answers.shift() ?? [];
		const options = { rules: { ...LAPTOP, allowedOrigins: new Set([secure("localhost")]) }, resolve };

		expect((await post(secure("localhost"), options)).status).toBe(200);
		expect(await codeOf(post(secure("localhost"), options))).toBe("ADDRESS_REFUSED");
		expect(heard).toHaveLength(1);
	});
});

import { copyFile, readFile, rename, writeFile } from "node:fs/promises";
import { Agent, request as secureRequest } from "node:https";
import { request } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { connect } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { freshCertificates } from "../../test/support/certificates.ts";
import { speak, startShop } from "../../test/support/gateway.ts";
import type { Shop } from "../../test/support/gateway.ts";
import { until } from "../../test/support/wait.ts";
import { config } from "./config.ts";
import type { Gateway } from "./gateway.context.ts";
import { listen, openRedirect } from "./http/redirect-server.ts";
import { followIdentity, readIdentity } from "./http/tls-identity.ts";

type Certificates = Awaited<ReturnType<typeof freshCertificates>>;

let ours: Certificates;
let others: Certificates;
let rotated: Certificates;
let environment: { restore(): void };
let ca: string;
let shop: Shop;
let gateway: Gateway;

beforeAll(async () => {
	[ours, others, rotated] = [await freshCertificates(), await freshCertificates(), await freshCertificates()];
	environment = jest.replaceProperty(process, "env", {});
	ca = await readFile(ours.ca, "utf8");
	const files = { TLS_CERT_FILE: ours.certificate, TLS_KEY_FILE: ours.key };
	shop = await startShop({ ...files, HTTP_REDIRECT_PORT: "0", TRUSTED_PROXIES: "127.0.0.1" });
	gateway = shop.broker.getLocalService("gateway") as unknown as Gateway;
	shop.stubs.set("products.categories", () => ({ rows: [], nextCursor: null }));
});

afterAll(async () => {
	await shop.stop();
	environment.restore();
});

async function answerTo(sent: ClientRequest): Promise<IncomingMessage> {
	sent.end();
	const [answer] = (await once(sent, "response")) as [IncomingMessage];
	answer.resume();
	return answer;
}

const get = (path: string, options: ConnectionOptions & { agent?: Agent } = {}) =>
	answerTo(secureRequest({ host: "localhost", port: shop.port, path, ca, ...options }));

const redirectPort = () => (gateway.redirect?.address() as { port: number }).port;
const plainly = (path: string, method = "GET", headers: Record<string, string> = {}) =>
	answerTo(request({ host: "localhost", port: redirectPort(), path, method, headers }));

describe("HTTPS at the gateway", () => {
	it("answers who trusts its certificate, and tells browsers to stay", async () => {
		const { statusCode, headers } = await get("/products/categories");
		expect(statusCode).toBe(200);
		expect(headers["strict-transport-security"]).toMatch(/^max-age=31536000/);
	});

	it("is refused by a client that does not trust it, or that came for another name", async () => {
		await expect(get("/", { ca: await readFile(others.ca, "utf8") })).rejects.toThrow(/certificate/);
		await expect(get("/", { servername: "shop.example" })).rejects.toMatchObject({
			code: "ERR_TLS_CERT_ALTNAME_INVALID",
		});
	});

	it("speaks TLS 1.2 and newer only", async () => {
		expect((await get("/", { maxVersion: "TLSv1.2" })).statusCode).toBe(404);
		const old = connect({
			host: "localhost",
			port: shop.port,
			ca,
			minVersion: "TLSv1",
			maxVersion: "TLSv1.1",
			ciphers: "ALL:@SECLEVEL=0",
		});
		const [error] = (await once(old, "error")) as [Error];
		expect(error.message).toMatch(/protocol/i);
	});

	it("survives plain HTTP and nonsense at its door", async () => {
		for (const text of ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "nonsense"])
			expect(await speak(shop.port, text)).not.toMatch(/HTTP/);
		expect((await get("/products/categories")).statusCode).toBe(200);
	});
});

describe("a plain request", () => {
	it.each(["GET", "POST", "DELETE"])(
		"by %s is sent to its https address, method and body kept (308)",
		async (method) => {
			const { statusCode, headers } = await plainly("/orders?page=2", method);
			expect([statusCode, headers.location]).toEqual([308, `https://localhost:${shop.port}/orders?page=2`]);
			expect(headers["strict-transport-security"]).toBeUndefined();
		},
	);

	it("whose Host is none is 400", async () => {
		const { statusCode, headers } = await plainly("/", "GET", { host: "shop.example/evil" });
		expect([statusCode, headers.location]).toEqual([400, undefined]);
	});

	it("has another port when its own is taken, which is told", async () => {
		await expect(listen(openRedirect(443), redirectPort(), "0.0.0.0")).rejects.toThrow(
			/HTTP_REDIRECT_PORT: cannot listen on port \d+ .*name another/,
		);
	});
});

describe("HTTPS that ends at a trusted proxy", () => {
	it.each([
		["https", "127.0.0.1", true],
		["https, http", "127.0.0.1", true],
		["http", "127.0.0.1", false],
		["httpsx", "127.0.0.1", false],
		["https", "10.0.0.0/8", false],
	])("and is told as %j by a peer while %s is trusted: HSTS is %j", async (proto, trusted, isSent) => {
		const plain = await startShop({
			TRUSTED_PROXIES: trusted,
			TLS_CERT_FILE: "",
			TLS_KEY_FILE: "",
			HTTP_REDIRECT_PORT: "",
		});
		const answer = await fetch(`${plain.url}/nowhere`, { headers: { "x-forwarded-proto": proto } });
		await plain.stop();
		expect(answer.headers.has("strict-transport-security")).toBe(isSent);
	});
});

describe("a certificate", () => {
	const name = async (options: ConnectionOptions) => {
		const socket = connect({ host: "localhost", port: shop.port, ...options });
		await once(socket, "secureConnect");
		const { fingerprint256 } = socket.getPeerCertificate();
		socket.destroy();
		return fingerprint256;
	};

	/** At once, as whoever rotates certificates does. */
	const replace = async (file: string, by: string) => {
		await copyFile(by, `${file}.new`);
		await rename(`${file}.new`, file);
	};

	it("that changes is used for new connections, while open ones go on", async () => {
		const files = { certFile: rotated.certificate, keyFile: rotated.key };
		const problems: string[] = [];
		const server = gateway.server as never;
		const identity = readIdentity({ certFile: ours.certificate, keyFile: ours.key });
		await copyFile(ours.certificate, files.certFile);
		await copyFile(ours.key, files.keyFile);
		const stop = followIdentity(server, { files, identity, onProblem: (text) => problems.push(text), everyMs: 10 });
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const before = await name({ ca });
		const { socket } = await get("/nowhere", { agent });

		await replace(files.certFile, others.certificate);
		await until(() => problems.length > 0);
		expect(problems).toEqual([expect.stringContaining("is not the key of the certificate")]);
		expect(await name({ ca })).toBe(before);
		await replace(files.keyFile, others.key);
		const newCa = await readFile(others.ca, "utf8");
		await until(() => name({ ca: newCa }).catch(() => undefined), { what: "the new certificate" });

		expect((await get("/nowhere", { agent })).socket).toBe(socket);
		expect(problems).toHaveLength(1);
		agent.destroy();
		stop();
	});

	it.each<[string, (files: Certificates) => Promise<Record<string, string>>, RegExp]>([
		["without its key", async ({ certificate }) => ({ TLS_CERT_FILE: certificate }), /TLS_KEY_FILE: is required with/],
		["that is only a key", async ({ key }) => ({ TLS_KEY_FILE: key }), /TLS_CERT_FILE: is required with/],
		[
			"that is missing",
			async ({ key }) => ({ TLS_CERT_FILE: "/nowhere.crt", TLS_KEY_FILE: key }),
			/\/nowhere.crt is not a readable PEM cert/,
		],
		[
			"with the key of another",
			async ({ certificate }) => ({ TLS_CERT_FILE: certificate, TLS_KEY_FILE: others.key }),
			/is not the key of the cert/,
		],
		[
			"whose key is nonsense",
			async ({ certificate, key }) => {
				await writeFile(`${key}.bad`, "nonsense");
				return { TLS_CERT_FILE: certificate, TLS_KEY_FILE: `${key}.bad` };
			},
			/is not a readable PEM private key/,
		],
		[
			"with nothing but a port to redirect from",
			async () => ({ HTTP_REDIRECT_PORT: "8080" }),
			/HTTP_REDIRECT_PORT: needs/,
		],
	])("%s is told before anything starts", async (_kind, env, problem) => {
		const given = await env(ours);
		expect(() => config(given)).toThrow(problem);
	});
});

import { hkdfSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWTHeaderParameters, JWTPayload, KeyObject } from "jose";
import { signCallerToken } from "../../services/users/tokens/caller-token.ts";
import type { SigningKey } from "../../services/users/tokens/signing-key.ts";
import { Scene } from "../support/scene/scene.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

/** Gateways know for five seconds what they asked; a busy machine takes its time beside. */
const FOLLOWS = { timeoutMs: 10_000, what: "the gateway to follow" };

/** What test/e2e/bad-input does not try: what confuses a verifier, rather than what is plainly wrong. */
let shop: Shop;
let at: Scene;
let key: SigningKey;

beforeAll(async () => {
	shop = await Shop.open();
	at = await Scene.in(shop);
	key = await shop.signingKey();
});
afterAll(() => shop.close());

const nowS = () => Math.floor(Date.now() / 1_000);
const claims = (change: object = {}): JWTPayload => ({ ...decodeJwt(at.owner.token), exp: nowS() + 3_600, ...change });
const header = (change: object = {}) =>
	({ alg: "EdDSA", typ: "JWT", kid: key.publicJwk.kid, ...change }) as JWTHeaderParameters;

const sign = (head: JWTHeaderParameters, body: JWTPayload, by: CryptoKey | KeyObject | Uint8Array) =>
	new SignJWT(body).setProtectedHeader(head).sign(by);
const ours = (head: object, body: object = {}) => sign(header(head), claims(body), key.privateKey);

/** Signed with a key that the token brings along, or points at. */
async function bringing(pointer: (jwk: object) => object) {
	const pair = await generateKeyPair("EdDSA", { extractable: true });
	return sign(header(pointer(await exportJWK(pair.publicKey))), claims(), pair.privateKey);
}

const ended = async () => {
	const person = await at.registered();
	await shop.send("POST", "/auth/logout", { token: person.token });
	await until(async () => (await shop.send("GET", "/orders", { token: person.token })).status === 401, FOLLOWS);
	return person.token;
};

const segments = (token: string) => token.split(".") as [string, string, string];
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Another's claims under a signature that was right for something else. */
const swapped = async (change: object) => {
	const [head, , signature] = segments(at.owner.token);
	return [head, encoded(claims(change)), signature].join(".");
};

const secretOf = (size: number) =>
	shop.premises.jwtSecret().then((secret) => new Uint8Array(hkdfSync("sha256", secret, "", "", size)));

const FORGED: Readonly<Record<string, () => Promise<string>>> = {
	"without an algorithm": async () => `${encoded(header({ alg: "none" }))}.${encoded(claims())}.`,
	"without an algorithm, in other letters": async () => `${encoded(header({ alg: "nOnE" }))}.${encoded(claims())}.x`,
	"signed by HMAC with the public key": async () =>
		sign(header({ alg: "HS256" }), claims(), Buffer.from(JSON.stringify(key.publicJwk))),
	"signed by HMAC with the raw public key": async () =>
		sign(header({ alg: "HS256" }), claims(), Buffer.from(key.publicJwk.x, "base64url")),
	"signed by HMAC with the shop's secret": async () =>
		sign(header({ alg: "HS256" }), claims(), Buffer.from(await shop.premises.jwtSecret())),
	"signed by HMAC with a key derived from it": async () => sign(header({ alg: "HS512" }), claims(), await secretOf(64)),
	"that brings its own key": () => bringing((jwk) => ({ jwk })),
	"that brings its own key under the shop's id": () => bringing((jwk) => ({ jwk: { ...jwk, kid: key.publicJwk.kid } })),
	"that says where its key is": () => bringing(() => ({ jku: "http://127.0.0.1:9/keys" })),
	"that says where its certificate is": () => bringing(() => ({ x5u: "http://127.0.0.1:9/cert" })),
	"of an unknown key id": () => ours({ kid: "unknown" }),
	"of a key id that is a path": () => ours({ kid: "../../../../dev/null" }),
	"of a key id that is SQL": () => ours({ kid: "' or '1'='1" }),
	"of a key id that is a prototype": () => ours({ kid: "__proto__" }),
	"with an extension that must be understood": async () => {
		const head = encoded(header({ crit: ["evil"], evil: true }));
		return [head, ...segments(await ours({})).slice(1)].join(".");
	},
	"that is not valid yet": () => ours({}, { nbf: nowS() + 600 }),
	"of another issuer": () => ours({}, { iss: "elsewhere" }),
	"for another audience": () => ours({}, { aud: "elsewhere" }),
	"that has expired": () => ours({}, { exp: nowS() - 61 }),
	"whose end is no number": () => ours({}, { exp: "never" }),
	"whose session is an object": () => ours({}, { sid: { $ne: null } }),
	"whose session is SQL": () => ours({}, { sid: "' or 1=1 --" }),
	"that a service proves itself with": () => signCallerToken(key, ["orders", "gateway"], new Date(), "t-1"),
	"of a service, for users": async () => ours({ typ: "caller+jwt" }, { aud: "stoa-services", sub: "gateway" }),
	"of a session that ended": ended,
	"whose role was edited": () => swapped({ role: "admin" }),
	"whose user was edited": () => swapped({ sub: at.admin.userId }),
	"of another user's session": () => ours({}, { sub: at.admin.userId }),
	"of five parts, encrypted": async () =>
		["a", "b", "c", "d", "e"].map(() => randomBytes(9).toString("base64url")).join("."),
};

describe("a token", () => {
	it.each(Object.keys(FORGED))("%s proves nothing", async (kind) => {
		const token = await FORGED[kind]!();
		for (const [method, path] of [
			["GET", "/orders"],
			["GET", `/users/${at.owner.userId}`],
			["GET", "/products"],
			["POST", "/api-keys"],
		] as const) {
			const { status, body } = await shop.send(method, path, { token });
			expect({ path, status, code: body.code }).toEqual({ path, status: 401, code: "UNAUTHENTICATED" });
		}
	});

	it("with another role in it, signed by the shop, has the role of its session still", async () => {
		const token = await ours({}, { role: "admin" });
		expect((await shop.send("GET", "/orders", { token })).status).toBe(200);
		expect((await shop.send("GET", "/api-keys", { token })).status).toBe(403);
	});

	it("of a user whose role was taken away has the new one within five seconds", async () => {
		const [fallen] = await shop.people(["admin"]);
		expect((await shop.send("GET", "/api-keys", { token: fallen.token })).status).toBe(200);
		const role = { token: at.admin.token, body: { role: "customer" } };
		expect((await shop.send("PUT", `/users/${fallen.userId}/role`, role)).status).toBe(200);
		await until(async () => (await shop.send("GET", "/api-keys", { token: fallen.token })).status === 403, FOLLOWS);
	});
});

describe("an API key", () => {
	it("is refused everywhere within five seconds when it is revoked", async () => {
		const { id, key: text } = await at.posted(at.admin, "/api-keys", { name: "reader", scopes: ["services:read"] });
		const shown = async () => {
			const { status } = await shop.send("GET", "/services", { headers: { "x-api-key": String(text) } });
			return status;
		};
		expect(await shown()).toBe(200);
		await shop.send("DELETE", `/api-keys/${String(id)}`, { token: at.admin.token });
		await until(async () => (await shown()) === 401, FOLLOWS);
	});
});

import { hash } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWK } from "jose";
import { apiKeyText } from "../../contracts/api-keys.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { keySet } from "../../../mixins/tokens/key-set.ts";
import { tokenVerifier } from "./access-token.ts";
import { apiKeys } from "./api-keys.ts";
import { userAuthenticator } from "./authenticator.ts";
import type { SessionUser } from "./authenticator.ts";
import { remembered } from "./remembered.ts";

const NOW_MS = 1_800_000_000_000;
const unauthenticated = expect.objectContaining({ type: "UNAUTHENTICATED", code: 401 });

let key: CryptoKey;
let jwk: JWK;

beforeAll(async () => {
	const pair = await generateKeyPair("EdDSA");
	key = pair.privateKey;
	jwk = { ...(await exportJWK(pair.publicKey)), kid: "k1" };
});

const claims = { iss: "stoa", aud: "stoa", sub: "ada", sid: "s1" };
const sign = (payload: object, { kid = "k1", expiresMs = NOW_MS + 60_000, alg = "EdDSA" } = {}) =>
	new SignJWT({ ...payload })
		.setProtectedHeader({ alg, kid })
		.setExpirationTime(Math.floor(expiresMs / 1_000))
		.sign(key);

describe("an access token", () => {
	const verifierAt = (clock: { nowMs: number }, verified: string[] = []) =>
		tokenVerifier(
			async (kid) => {
				verified.push(kid ?? "");
				return keySet({ fetchKeys: async () => [jwk], nowMs: () => 0 })(kid);
			},
			() => clock.nowMs,
		);

	it("says who signed in, and until when", async () => {
		const verify = verifierAt({ nowMs: NOW_MS });
		const expected = { userId: "ada", sessionId: "s1", expiresAtMs: NOW_MS + 60_000 };
		expect(await verify(await sign(claims))).toEqual(expected);
	});

	it("is verified once, and refused from the moment it expires", async () => {
		const clock = { nowMs: NOW_MS };
		const verified: string[] = [];
		const verify = verifierAt(clock, verified);
		const token = await sign(claims);
		await verify(token);
		await verify(token);
		expect(verified).toHaveLength(1);
		clock.nowMs = NOW_MS + 60_000;
		await expect(verify(token)).rejects.toEqual(unauthenticated);
	});

	it.each([
		["of another issuer", { ...claims, iss: "evil" }, {}],
		["for another audience", { ...claims, aud: "other" }, {}],
		["that has expired", claims, { expiresMs: NOW_MS - 1_000 }],
		["of no user", { iss: "stoa", aud: "stoa", sid: "s1" }, {}],
		["of no session", { iss: "stoa", aud: "stoa", sub: "ada" }, {}],
		["whose session is not text", { ...claims, sid: 7 }, {}],
		["that is a caller token", { iss: "stoa", aud: "stoa-services", sub: "orders" }, {}],
		["that is not valid yet", { ...claims, nbf: NOW_MS / 1_000 + 60 }, {}],
		["under an unknown key id", claims, { kid: "k2" }],
	])("is refused when it is one %s", async (_rule, payload, options) => {
		await expect(verifierAt({ nowMs: NOW_MS })(await sign(payload, options))).rejects.toEqual(unauthenticated);
	});

	it.each([["nonsense"], ["a.b.c"], ["x".repeat(3_000)]])("is refused when it is %s", async (token) => {
		await expect(verifierAt({ nowMs: NOW_MS })(token)).rejects.toEqual(unauthenticated);
	});

	it("is not called invalid when the keys cannot be fetched", async () => {
		const verify = tokenVerifier(
			() => Promise.reject(new Error("users is away")),
			() => NOW_MS,
		);
		await expect(verify(await sign(claims))).rejects.toThrow("users is away");
	});
});

describe("a session", () => {
	const watched = (answers: Record<string, SessionUser>) => {
		const state = { asked: 0, nowMs: 0 };
		const checkSession = async (id: string) => {
			state.asked += 1;
			return answers[id] ?? null;
		};
		return { state, answers, sessionUser: remembered({ ask: checkSession, nowMs: () => state.nowMs }) };
	};

	it("is asked once for simultaneous requests", async () => {
		const { state, sessionUser } = watched({ s1: { userId: "ada", role: "customer" } });
		await Promise.all([sessionUser("s1"), sessionUser("s1")]);
		expect(state.asked).toBe(1);
	});

	it("that is revoked is refused within five seconds", async () => {
		const { state, answers, sessionUser } = watched({ s1: { userId: "ada", role: "customer" } });
		await sessionUser("s1");
		delete answers.s1;
		state.nowMs = 3_999;
		expect(await sessionUser("s1")).not.toBeNull();
		state.nowMs = 4_000;
		expect(await sessionUser("s1")).toBeNull();
	});

	it("is asked about again at once when asking failed", async () => {
		let isDown = true;
		const checkSession = async () => {
			if (isDown) throw new Error("users is away");
			return { userId: "ada", role: "customer" as const };
		};
		const sessionUser = remembered({ ask: checkSession, nowMs: () => 0 });
		await expect(sessionUser("s1")).rejects.toThrow("users is away");
		isDown = false;
		expect(await sessionUser("s1")).toEqual({ userId: "ada", role: "customer" });
	});
});

describe("the Authorization header", () => {
	const verified = async () => ({ userId: "ada", sessionId: "s1", expiresAtMs: 0 });
	const is = (user: SessionUser) => userAuthenticator(verified, async () => user);

	it("names the user of the open session, with the role he has now", async () => {
		const principal = { userId: "ada", role: "admin", sessionId: "s1" };
		expect(await is({ userId: "ada", role: "admin" })("Bearer t")).toEqual(principal);
		expect(await is({ userId: "ada", role: "admin" })("bearer t")).toEqual(principal);
	});

	it.each([["Basic YTpi"], ["Bearer"], ["Bearer a b"], ["Bearer <x>"], [""], ["t"]])(
		"is refused when it is %j",
		async (header) => {
			await expect(is({ userId: "ada", role: "admin" })(header)).rejects.toEqual(unauthenticated);
		},
	);

	it("is refused when the session is revoked, or another user's", async () => {
		await expect(is(null)("Bearer t")).rejects.toEqual(unauthenticated);
		await expect(is({ userId: "eve", role: "admin" })("Bearer t")).rejects.toEqual(unauthenticated);
	});
});

describe("an API key", () => {
	const KEY_ID = "01980000-0000-7000-8000-0000000000f1";
	const RIGHT = "r".repeat(43);
	const watched = () => {
		const state = { asked: [] as string[], nowMs: 0, isRevoked: false };
		const checkApiKey = async (keyId: string, secretHash: string) => {
			state.asked.push(secretHash);
			const isRight = keyId === KEY_ID && secretHash === hash("sha256", RIGHT, "base64url");
			return isRight && !state.isRevoked ? { scopes: ["data:read"] } : null;
		};
		return { state, serviceOf: apiKeys({ checkApiKey, nowMs: () => state.nowMs }) };
	};

	it("names a service with its scopes, which is nobody's owner", async () => {
		const principal = await watched().serviceOf(apiKeyText(KEY_ID, RIGHT));
		const expected = { kind: "service", keyId: KEY_ID, scopes: ["data:read"], userId: KEY_ID, role: "service" };
		expect(principal).toEqual(expected);
		expect(ownerScope(principal)).not.toBe(KEY_ID);
	});

	it("is asked about once, and its secret never travels", async () => {
		const { state, serviceOf } = watched();
		await Promise.all([serviceOf(apiKeyText(KEY_ID, RIGHT)), serviceOf(apiKeyText(KEY_ID, RIGHT))]);
		expect(state.asked).toEqual([hash("sha256", RIGHT, "base64url")]);
	});

	it("with another secret does not pass for the one that was right a moment ago", async () => {
		const { serviceOf } = watched();
		await serviceOf(apiKeyText(KEY_ID, RIGHT));
		await expect(serviceOf(apiKeyText(KEY_ID, "w".repeat(43)))).rejects.toEqual(unauthenticated);
	});

	it("that is revoked is refused within five seconds", async () => {
		const { state, serviceOf } = watched();
		await serviceOf(apiKeyText(KEY_ID, RIGHT));
		state.isRevoked = true;
		state.nowMs = 4_000;
		await expect(serviceOf(apiKeyText(KEY_ID, RIGHT))).rejects.toEqual(unauthenticated);
	});

	it.each([[""], ["x"], [RIGHT], [apiKeyText("me", RIGHT)], [`${apiKeyText(KEY_ID, RIGHT)}, again`]])(
		"is not asked about when it is %j",
		async (key) => {
			const { state, serviceOf } = watched();
			await expect(serviceOf(key)).rejects.toEqual(unauthenticated);
			expect(state.asked).toEqual([]);
		},
	);
});

import { beforeAll, describe, expect, it } from "@jest/globals";
import { exportJWK, generateKeyPair } from "jose";
import type { JWK } from "jose";
import { keySet } from "./key-set.ts";

const noSuchKey = expect.objectContaining({ code: "ERR_JWKS_NO_MATCHING_KEY" });
let jwk: JWK;

beforeAll(async () => {
	const { publicKey } = await generateKeyPair("EdDSA");
	jwk = { ...(await exportJWK(publicKey)), kid: "k1" };
});

function counting(keys: () => readonly JWK[]) {
	const state = { fetches: 0, nowMs: 0 };
	const fetchKeys = async () => {
		state.fetches += 1;
		return keys();
	};
	return { state, keyOf: keySet({ fetchKeys, nowMs: () => state.nowMs }) };
}

describe("the key set", () => {
	it("fetches once for simultaneous requests, and not again for a known key", async () => {
		const { state, keyOf } = counting(() => [jwk]);
		await Promise.all([keyOf("k1"), keyOf("k1"), keyOf("k1")]);
		await keyOf("k1");
		expect(state.fetches).toBe(1);
	});

	it("fetches for unknown keys at most once in ten seconds", async () => {
		const { state, keyOf } = counting(() => [jwk]);
		for (const kid of ["x", "y", undefined]) await expect(keyOf(kid)).rejects.toEqual(noSuchKey);
		expect(state.fetches).toBe(1);
		state.nowMs = 10_000;
		await expect(keyOf("x")).rejects.toEqual(noSuchKey);
		expect(state.fetches).toBe(2);
	});

	it("finds a key that was added since", async () => {
		const keys: JWK[] = [];
		const { state, keyOf } = counting(() => keys);
		await expect(keyOf("k1")).rejects.toEqual(noSuchKey);
		keys.push(jwk);
		state.nowMs = 10_001;
		await expect(keyOf("k1")).resolves.toBeDefined();
	});

	it("tries again at once when fetching failed", async () => {
		let isDown = true;
		const { state, keyOf } = counting(() => {
			if (isDown) throw new Error("users is away");
			return [jwk];
		});
		await expect(keyOf("k1")).rejects.toThrow("users is away");
		isDown = false;
		await expect(keyOf("k1")).resolves.toBeDefined();
		expect(state.fetches).toBe(2);
	});

	it("takes only Ed25519 keys with an id", async () => {
		const { keyOf } = counting(() => [
			{ kty: "oct", k: "c2VjcmV0", kid: "h" },
			{ ...jwk, kid: undefined } as unknown as JWK,
		]);
		await expect(keyOf("h")).rejects.toEqual(noSuchKey);
		await expect(keyOf(undefined)).rejects.toEqual(noSuchKey);
	});
});

import { describe, expect, it } from "@jest/globals";
import {
	calculateJwkThumbprint,
	createLocalJWKSet,
	decodeProtectedHeader,
	jwtVerify,
	SignJWT,
	UnsecuredJWT,
} from "jose";
import { Jwks } from "../../contracts/users.ts";
import { signAccessToken } from "./access-token.ts";
import { newRefreshToken, refreshTokenHash } from "./refresh-token.ts";
import { signingKeyFrom } from "./signing-key.ts";

const key = signingKeyFrom("a secret of the test, of more than 32 bytes");
const otherKey = signingKeyFrom("another secret of the test, of 32 bytes too");
const { kid } = key.publicJwk;
const principal = { userId: "u-1", sessionId: "s-1", role: "vendor" } as const;
const issuedAt = new Date("2026-01-01T00:00:00.900Z");

/** Verifies as the gateway does: with the published keys, and no other algorithm than the announced one. */
const verify = (token: string, currentDate = issuedAt) =>
	jwtVerify(token, createLocalJWKSet({ keys: [key.publicJwk] }), {
		algorithms: ["EdDSA"],
		issuer: "stoa",
		audience: "stoa",
		requiredClaims: ["sub", "sid", "role", "exp"],
		currentDate,
	});

describe("the signing key", () => {
	it("is the same for the same secret and another for another", () => {
		expect(signingKeyFrom("a secret of the test, of more than 32 bytes").publicJwk).toEqual(key.publicJwk);
		expect(otherKey.publicJwk.x).not.toBe(key.publicJwk.x);
	});

	it("is published without its private half, under its RFC 7638 thumbprint", async () => {
		expect(Jwks.result.parse({ keys: [key.publicJwk] }).keys[0]).toEqual(key.publicJwk);
		expect(Object.keys(key.publicJwk).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
		expect(kid).toBe(await calculateJwkThumbprint(key.publicJwk));
	});
});

describe("an access token", () => {
	it("says who calls, in which session and role, for 15 minutes", async () => {
		const token = await signAccessToken(key, principal, issuedAt, "t-1");
		const { payload } = await verify(token);
		const iat = Math.floor(issuedAt.getTime() / 1000);

		expect(decodeProtectedHeader(token)).toEqual({ alg: "EdDSA", typ: "JWT", kid });
		expect(payload).toEqual({
			...{ iss: "stoa", aud: "stoa", sub: "u-1", sid: "s-1", role: "vendor", jti: "t-1" },
			...{ iat, exp: iat + 900 },
		});
	});

	it("is refused once it has expired", async () => {
		const token = await signAccessToken(key, principal, issuedAt, "t-1");

		await expect(verify(token, new Date(issuedAt.getTime() + 899_000))).resolves.toBeDefined();
		await expect(verify(token, new Date(issuedAt.getTime() + 900_000))).rejects.toMatchObject({ claim: "exp" });
	});

	it("is refused with a changed claim", async () => {
		const [header, body = "", signature] = (await signAccessToken(key, principal, issuedAt, "t-1")).split(".");
		const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
		const forged = Buffer.from(JSON.stringify({ ...claims, role: "admin" })).toString("base64url");

		await expect(verify([header, forged, signature].join("."))).rejects.toThrow("signature verification failed");
	});

	const admin = { iss: "stoa", aud: "stoa", sub: "u-1", sid: "s-1", role: "admin", exp: 4_000_000_000 };
	const signed = (claims: object, alg = "EdDSA") => new SignJWT({ ...claims }).setProtectedHeader({ alg, kid });
	const publicBytes = Buffer.from(key.publicJwk.x, "base64url");

	it.each([
		["without a signature (alg none)", async () => new UnsecuredJWT(admin).encode()],
		["signed as HS256 with the public key", () => signed(admin, "HS256").sign(publicBytes)],
		["signed with another key under our key's id", () => signed(admin).sign(otherKey.privateKey)],
		["from another issuer", () => signed({ ...admin, iss: "mallory" }).sign(key.privateKey)],
		["for another audience", () => signed({ ...admin, aud: "elsewhere" }).sign(key.privateKey)],
		["without an expiry", () => signed({ ...admin, exp: undefined }).sign(key.privateKey)],
	])("is refused %s", async (_forgery, forge) => {
		await expect(forge().then((token) => verify(token))).rejects.toThrow();
	});

	it("would be accepted with none of these faults", async () => {
		await expect(verify(await signed(admin).sign(key.privateKey))).resolves.toBeDefined();
	});
});

describe("a refresh token", () => {
	it("is 256 bits of chance, kept for 30 days as a hash only", () => {
		const { token, stored } = newRefreshToken(issuedAt);

		expect(Buffer.from(token, "base64url")).toHaveLength(32);
		expect(stored).toEqual({ hash: refreshTokenHash(token), expiresAt: new Date("2026-01-31T00:00:00.900Z") });
		expect(newRefreshToken(issuedAt).token).not.toBe(token);
	});
});

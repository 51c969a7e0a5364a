import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { v7 as uuidv7 } from "uuid";
import type { Answer, RequestOptions } from "../../bin/tour/shop-client.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

const PASSWORD = "correct horse battery";
/** An open session follows what happens to it and to its account within this. */
const FOLLOWS_WITHIN = { timeoutMs: 10_000, everyMs: 50, what: "the session to follow" };

let shop: Shop;
let texts: string[] = [];

beforeAll(async () => {
	// The address of a client is the one that the proxy in front, this spec, names.
	shop = await Shop.open({ TRUSTED_PROXIES: "loopback" });
});
afterAll(() => shop.close());
afterEach(() => {
	const answered = texts.join("\n");
	texts = [];
	expect(answered).not.toContain(PASSWORD);
	expect(answered).not.toMatch(/argon2|"[a-z_]*hash/i);
});

async function send(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
	const answer = await shop.send(method, path, options);
	texts.push(answer.text);
	return answer;
}

interface Account {
	readonly id: string;
	readonly email: string;
	readonly token: string;
	readonly refreshToken: string;
}

async function register(): Promise<Account> {
	const email = `${uuidv7()}@example.com`;
	const { status, body } = await send("POST", "/auth/register", { body: { email, password: PASSWORD } });
	expect(status).toBe(201);
	return { id: (body.user as { id: string }).id, email, ...tokensOf(body) };
}

const tokensOf = ({ access_token: token, refresh_token: refreshToken }: Answer["body"]) => ({
	token: String(token),
	refreshToken: String(refreshToken),
});

const login = (body: object, headers = {}) => send("POST", "/auth/login", { body, headers });
const logIn = async ({ email }: Account) => tokensOf((await login({ email, password: PASSWORD })).body);
const refresh = (refreshToken: string) => send("POST", "/auth/refresh", { body: { refresh_token: refreshToken } });
const sessions = (token: string) => send("GET", "/auth/sessions", { token });
const statusOf = async (token: string) => (await sessions(token)).status;

describe("a customer who registers", () => {
	it("is signed in, and is nothing but a customer", async () => {
		const body = { email: "Grace@Example.com", password: PASSWORD, username: "grace", firstName: "Grace" };
		const { status, headers, body: made } = await send("POST", "/auth/register", { body });
		const user = made.user as Record<string, unknown>;

		expect(status).toBe(201);
		expect(headers.get("location")).toBe(`/users/${String(user.id)}`);
		expect(user).toMatchObject({ email: "grace@example.com", role: "customer", isActive: true, firstName: "Grace" });
		expect(made).toMatchObject({ token_type: "Bearer", expires_in: 900 });
		expect((await send("GET", `/users/${String(user.id)}`, { token: String(made.access_token) })).body).toEqual(user);
	});

	it.each([{ email: "GRACE@example.com" }, { username: "Grace" }])("logs in with %j", async (name) => {
		expect((await login({ ...name, password: PASSWORD })).status).toBe(200);
	});

	it.each([
		["EMAIL_TAKEN", { email: "grace@EXAMPLE.com" }],
		["USERNAME_TAKEN", { email: "other@example.com", username: "GRACE" }],
	])("keeps the name to herself: %s", async (code, name) => {
		const { status, body } = await send("POST", "/auth/register", { body: { password: PASSWORD, ...name } });
		expect([status, body.code]).toEqual([409, code]);
	});
});

describe("an access token", () => {
	it("is verified by the keys that the shop publishes", async () => {
		const { id, token } = await register();
		const keys = createRemoteJWKSet(new URL(`${shop.gateway}/.well-known/jwks.json`));
		const { payload } = await jwtVerify(token, keys, { issuer: "stoa", audience: "stoa", algorithms: ["EdDSA"] });

		expect(payload).toMatchObject({ sub: id, role: "customer", sid: expect.any(String) });
		expect(payload.exp! - payload.iat!).toBe(900);
	});

	it("is signed by a key of which only the public half is published", async () => {
		const { token } = await register();
		const { keys } = (await send("GET", "/.well-known/jwks.json")).body as { keys: Record<string, unknown>[] };
		expect(keys.map(({ kid }) => kid)).toContain(decodeProtectedHeader(token).kid);
		for (const key of keys) expect(Object.keys(key).toSorted()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
	});
});

describe("a refresh token", () => {
	it("is exchanged for new tokens, which work beside the old access token", async () => {
		const { token, refreshToken } = await register();
		const { status, body } = await refresh(refreshToken);
		const next = tokensOf(body);

		expect(status).toBe(200);
		expect([next.token, next.refreshToken]).not.toEqual([token, refreshToken]);
		expect([await statusOf(token), await statusOf(next.token)]).toEqual([200, 200]);
	});

	it("that is used again ends everything that came of it", async () => {
		const { refreshToken } = await register();
		const next = tokensOf((await refresh(refreshToken)).body);
		const reused = await refresh(refreshToken);
		expect([reused.status, reused.body.code]).toEqual([401, "REFRESH_REFUSED"]);
		expect((await refresh(next.refreshToken)).status).toBe(401);
	});

	it("that is used again leaves the other sessions alone", async () => {
		const account = await register();
		const elsewhere = await logIn(account);
		await refresh(account.refreshToken);
		await refresh(account.refreshToken);
		expect((await refresh(elsewhere.refreshToken)).status).toBe(200);
	});

	it("that nobody was given is refused like one that was used", async () => {
		const { status, body } = await refresh("nobody was given this");
		expect([status, body.code]).toEqual([401, "REFRESH_REFUSED"]);
	});
});

describe("a session", () => {
	it("is listed with the others, and is told from them", async () => {
		const account = await register();
		const { token } = await logIn(account);
		const listed = (await sessions(token)).body.rows as { isCurrent: boolean; address: string }[];
		expect(listed.map(({ isCurrent }) => isCurrent)).toEqual([true, false]);
	});

	it("ends with a logout, alone", async () => {
		const account = await register();
		const other = await logIn(account);
		expect((await send("POST", "/auth/logout", { token: account.token })).status).toBe(204);
		expect((await refresh(account.refreshToken)).status).toBe(401);
		expect((await refresh(other.refreshToken)).status).toBe(200);
	});

	it("ends with all others", async () => {
		const account = await register();
		const other = await logIn(account);
		expect((await send("POST", "/auth/logout-all", { token: account.token })).status).toBe(204);
		for (const { refreshToken } of [account, other]) expect((await refresh(refreshToken)).status).toBe(401);
	});
});

describe("an account that is closed", () => {
	it("neither logs in nor refreshes, and says no more than one that never was", async () => {
		const { id, email, refreshToken, token } = await register();
		expect((await send("DELETE", `/users/${id}`, { token })).status).toBe(204);
		const refused = await login({ email, password: PASSWORD });
		expect([refused.status, refused.body.code]).toEqual([401, "LOGIN_FAILED"]);
		expect((await refresh(refreshToken)).status).toBe(401);
	});
});

const sale = ({ token }: Account) =>
	send("POST", "/products", { token, body: { name: "Mug", sku: uuidv7(), price: 5 } });
const list = ({ token }: Account) => sessions(token);
const become =
	(role: string) =>
	({ id }: Account) =>
		send("PUT", `/users/${id}/role`, { token: admin, body: { role } });

let admin: string;

/** What happens to an account, and what one of its requests is answered before and after. */
const FOLLOWED: readonly (readonly [
	what: string,
	happens: (account: Account) => Promise<unknown>,
	ask: (account: Account) => Promise<Answer>,
	before: number,
	after: number,
])[] = [
	["its logout", ({ token }) => send("POST", "/auth/logout", { token }), list, 200, 401],
	[
		"a logout everywhere, from elsewhere",
		async (account) => send("POST", "/auth/logout-all", { token: (await logIn(account)).token }),
		...([list, 200, 401] as const),
	],
	[
		"a second use of its refresh token",
		async ({ refreshToken }) => [await refresh(refreshToken), await refresh(refreshToken)],
		...([list, 200, 401] as const),
	],
	["the end of its account", ({ id }) => send("DELETE", `/users/${id}`, { token: admin }), list, 200, 401],
	["becoming a vendor", become("vendor"), sale, 403, 201],
	["being a vendor no more", become("customer"), sale, 201, 403],
];

describe("an open session follows within five seconds:", () => {
	let followed: PromiseSettledResult<unknown>[];

	// All at once: each of them waits for the gateway to ask again.
	beforeAll(async () => {
		admin = await shop.adminToken();
		followed = await Promise.allSettled(FOLLOWED.map(follow));
	});

	async function follow([, happens, ask, before, after]: (typeof FOLLOWED)[number]): Promise<void> {
		const account = await register();
		if (before === 201) await become("vendor")(account);
		expect((await ask(account)).status).toBe(before);
		await happens(account);
		await until(async () => (await ask(account)).status === after, FOLLOWS_WITHIN);
	}

	it.each(FOLLOWED.map(([what], index) => [what, index] as const))("%s", (_what, index) => {
		expect(followed[index]).toEqual({ status: "fulfilled", value: undefined });
	});
});

describe("five failed logins", () => {
	const from = (address: string) => ({ "x-forwarded-for": address });

	it("delay the next from the same address, even when all are sent at once", async () => {
		const { email } = await register();
		const guess = () => login({ email, password: "a guess" }, from("203.0.113.7"));
		const answers = await Promise.all(Array.from({ length: 10 }, guess));

		const delayed = answers.filter(({ body }) => body.code === "RATE_LIMITED");
		const failed = answers.filter(({ body }) => body.code === "LOGIN_FAILED");
		expect(failed.length + delayed.length).toBe(10);
		expect(failed.length).toBeGreaterThanOrEqual(5);
		expect(delayed.length).toBeGreaterThan(0);
		for (const { headers } of delayed) expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
	});

	it("never lock the owner out at another address, and end after the pause", async () => {
		const { email } = await register();
		const guess = () => login({ email, password: "a guess" }, from("203.0.113.8"));
		await Promise.all(Array.from({ length: 10 }, guess));

		const right = (address: string) => login({ email, password: PASSWORD }, from(address));
		expect((await right("203.0.113.9")).status).toBe(200);
		await until(async () => (await right("203.0.113.8")).status === 200, { what: "the pause to end" });
	});
});

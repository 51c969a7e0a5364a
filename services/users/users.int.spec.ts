import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { createLocalJWKSet, jwtVerify } from "jose";
import { proofOf, serviceKeyFrom } from "../../mixins/callers/service-keys.ts";
import { statement } from "../../mixins/sql/database.ts";
import { until } from "../../test/support/wait.ts";
import { EraseUser, ReactivateUser } from "../contracts/accounts.ts";
import { call } from "../contracts/action.ts";
import type { ActionContract, SentTo } from "../contracts/action.ts";
import { ExchangeServiceKey } from "../contracts/callers.ts";
import { ForgotPassword, ResetPassword, VerifyEmail } from "../contracts/credentials.ts";
import { RateLimited } from "../contracts/errors.ts";
import type { Meta } from "../contracts/meta.ts";
import { ping } from "../contracts/platform.ts";
import { EndSession, ListSessions } from "../contracts/sessions.ts";
import * as Contract from "../contracts/users.ts";
import type { SignedIn } from "../contracts/users.ts";
import {
	ADMIN as admin,
	NOBODY as nobody,
	PASSWORD as password,
	principalOf,
	SECRET,
	UsersFixture,
} from "./users.fixture.ts";

const STORED = statement<{ hash: string }>("spec.stored", "select password_hash as hash from users where id = $1");
const DEMOTE = statement("spec.demote", "update users set role = 'customer' where role = 'admin'");

let at: UsersFixture;
beforeAll(async () => {
	at = await UsersFixture.open();
});
afterAll(() => at.close());

const ask = <C extends ActionContract>(contract: C, params: SentTo<C>, meta: Meta = {}) =>
	at.ask(contract, params, meta);
const register: UsersFixture["register"] = (...given) => at.register(...given);
const login: UsersFixture["login"] = (...given) => at.login(...given);
const refresh: UsersFixture["refresh"] = (given) => at.refresh(given);
const check = (signedIn: SignedIn) => at.check(signedIn);
const factsOf = (userId: string) => at.factsOf(userId);

describe("registering", () => {
	it("opens a customer's account and signs it in", async () => {
		const meta: Meta = {};
		const caller = { call: (name: string, params: unknown) => at.broker.call(name, params, { meta }) };
		const ada = { email: "ada@example.com", password, username: "ada", address: "Main Street 1, Graz" };
		const answer = await call(caller, Contract.Register, ada);

		expect(meta.$version).toBe(1);
		expect(Contract.SignedIn.strict().parse(answer)).toEqual(answer);
		expect(answer.user).toMatchObject({ role: "customer", isActive: true, address: { line1: "Main Street 1, Graz" } });
		expect(answer).toMatchObject({ token_type: "Bearer", expires_in: 900 });
		expect(await check(answer)).toEqual({ userId: answer.user.id, role: "customer" });
	});

	it("keeps the password as an argon2id hash and shows it nowhere", async () => {
		const answer = await register();

		expect((await at.service.db.query(STORED, [answer.user.id]))[0]?.hash).toMatch(/^\$argon2id\$/);
		expect(JSON.stringify(answer)).not.toContain("argon2");
	});

	it("publishes user.created once, with the sequence that later facts continue", async () => {
		const { user } = await register();
		await ask(Contract.UpdateUser, { id: user.id, firstName: "Ada" }, { principal: admin });
		await until(() => factsOf(user.id).length >= 2);

		expect(factsOf(user.id).map(({ name, sequence }) => [name, sequence])).toEqual([
			["user.created", 1],
			["user.updated", 2],
		]);
		expect(Contract.UserCreated.schema.parse(factsOf(user.id)[0]?.data)).toMatchObject({ email: user.email });
	});

	it("refuses an email address or a username that is taken, regardless of case", async () => {
		await register({ email: "taken@example.com", username: "Taken.Name" });

		await expect(register({ email: "TAKEN@Example.com" })).rejects.toMatchObject({ type: "EMAIL_TAKEN", code: 409 });
		await expect(register({ username: "taken.NAME" })).rejects.toMatchObject({ type: "USERNAME_TAKEN", code: 409 });
	});

	it("opens one account when the same registration comes twice at once", async () => {
		const both = await Promise.allSettled([1, 2].map(() => register({ email: "twice@example.com" })));

		expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
	});

	it("refuses a role sent by the client", async () => {
		await expect(register({ role: "admin" } as object)).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});
});

describe("logging in", () => {
	it("takes the email address or the username in any case", async () => {
		const { user } = await register({ username: "grace" });

		expect((await login(user.email.toUpperCase())).user).toEqual(user);
		expect((await ask(Contract.Login, { username: "Grace", password })).user).toEqual(user);
	});

	it("answers a wrong password, an unknown account and a closed one alike", async () => {
		const [{ user: open }, { user: closed }] = await Promise.all([register(), register()]);
		await ask(Contract.DeactivateUser, { id: closed.id }, { principal: admin });
		const refusals = await Promise.allSettled([
			login(open.email, "a wrong password"),
			login("nobody@example.com"),
			login(closed.email),
		]);

		expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
		expect(refusals[0]).toMatchObject({ reason: { type: "LOGIN_FAILED", code: 401 } });
	});

	const anAccount = async () => (await register()).user.email;
	const aClosedAccount = async () => {
		const { user } = await register();
		await ask(Contract.DeactivateUser, { id: user.id }, { principal: admin });
		return user.email;
	};

	it.each([
		["an account", anAccount, "a guess"],
		["an account that does not exist", async () => "missing@example.com", "a guess"],
		["a closed account, even right ones,", aClosedAccount, password],
	])("delays guesses at %s from one address, not from others", async (_whose, target, guess) => {
		const email = await target();
		const guesses = await Promise.allSettled(Array.from({ length: 8 }, () => login(email, guess)));
		const codes = guesses.map((answer) =>
			answer.status === "rejected" ? (answer.reason as { code: number }).code : 200,
		);

		expect(codes.sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
		await expect(login(email, guess, "192.0.2.2")).rejects.toMatchObject({ code: 401 });
	});

	it("does not tell by its delays which username belongs to an email address", async () => {
		const { user } = await register({ username: "counted" });
		const byName = () => ask(Contract.Login, { username: "Counted", password: "a guess" }, { address: "192.0.2.1" });
		for (let guess = 0; guess < 5; guess++) await expect(login(user.email, "a guess")).rejects.toThrow();
		await expect(login(user.email)).rejects.toMatchObject({ type: "RATE_LIMITED", data: { retryAfterSeconds: 1 } });

		await expect(byName()).rejects.toMatchObject({ code: 401 });
	});

	it("counts a username however it is written", async () => {
		await register({ username: "spelled" });
		const guess = (username: string) =>
			ask(Contract.Login, { username, password: "a guess" }, { address: "192.0.2.1" });
		for (const written of ["spelled", "Spelled", "SPELLED", "sPelled", "spElled"]) {
			await expect(guess(written)).rejects.toMatchObject({ code: 401 });
		}
		await expect(guess("spelleD")).rejects.toMatchObject({ type: "RATE_LIMITED" });
	});

	it("verifies one password whether there is such an account or not", async () => {
		const { user } = await register();
		const verify = jest.spyOn(at.service.passwords, "verify");
		await expect(login(user.email, "a guess")).rejects.toThrow();
		await expect(login("unknown@example.com", "a guess")).rejects.toThrow();

		expect(verify.mock.calls.map(([encoded]) => encoded === undefined)).toEqual([false, true]);
		verify.mockRestore();
	});

	it("forgets the failures of an address after a success", async () => {
		const { user } = await register();
		for (let round = 0; round < 2; round++) {
			for (let guess = 0; guess < 4; guess++) await expect(login(user.email, "a guess")).rejects.toThrow();
			await expect(login(user.email)).resolves.toBeDefined();
		}
	});

	it("fails when the password is reset between its verification and the session", async () => {
		const { user } = await register();
		await ask(ForgotPassword, { email: user.email });
		const token = await at.linkOf(user.id, "reset-password");
		const reset = () => ask(ResetPassword, { token, password: "another good password" });
		at.afterVerifying(reset);

		await expect(login(user.email)).rejects.toMatchObject({ type: "LOGIN_FAILED", code: 401 });
		const owner = { ...admin, userId: user.id };
		expect(await ask(ListSessions, {}, { principal: owner })).toMatchObject({ rows: [] });
	});

	it("does not count a login as a guess that had no room among the waiting passwords", async () => {
		const { user } = await register();
		const queue = jest.spyOn(at.service.passwords, "refuseWhenFull").mockImplementation(() => {
			throw new RateLimited({ retryAfterSeconds: 1 });
		});
		for (let round = 0; round < 6; round++) await expect(login(user.email)).rejects.toMatchObject({ code: 429 });
		queue.mockRestore();

		await expect(login(user.email)).resolves.toBeDefined();
	});
});

describe("refreshing", () => {
	it("exchanges a refresh token once and keeps the session", async () => {
		const signedIn = await register();
		const renewed = await refresh(signedIn);

		expect(renewed.refresh_token).not.toBe(signedIn.refresh_token);
		expect(principalOf(renewed)).toEqual(principalOf(signedIn));
	});

	it("ends the whole session when an old token is used again", async () => {
		const signedIn = await register();
		const renewed = await refresh(signedIn);

		await expect(refresh(signedIn)).rejects.toMatchObject({ type: "REFRESH_REFUSED", code: 401 });
		expect(await check(signedIn)).toBeNull();
		await expect(refresh(renewed)).rejects.toMatchObject({ type: "REFRESH_REFUSED" });
	});

	it("carries a new role into the next token", async () => {
		const signedIn = await register();
		await ask(Contract.SetRole, { id: signedIn.user.id, role: "vendor" }, { principal: admin });

		expect(await check(signedIn)).toMatchObject({ role: "vendor" });
		expect(principalOf(await refresh(signedIn)).role).toBe("vendor");
	});
});

describe("sessions", () => {
	it("show where they were opened, and which is the caller's", async () => {
		const first = await register({}, { address: "192.0.2.7", userAgent: "a".repeat(600) });
		const second = await login(first.user.email);
		const { rows: sessions } = await ask(ListSessions, {}, { principal: principalOf(second) });
		const byId = new Map(sessions.map((session) => [session.id, session]));

		expect(sessions).toHaveLength(2);
		expect(byId.get(principalOf(first).sessionId)).toMatchObject({ address: "192.0.2.7", isCurrent: false });
		expect(byId.get(principalOf(first).sessionId)?.userAgent).toHaveLength(500);
		expect(byId.get(principalOf(second).sessionId)).toMatchObject({ isCurrent: true });
	});

	it("end one by one, or all at once", async () => {
		const first = await register();
		const second = await login(first.user.email);
		const third = await login(first.user.email);
		await ask(Contract.Logout, {}, { principal: principalOf(first) });

		expect([await check(first), (await check(second))?.userId]).toEqual([null, first.user.id]);
		await expect(refresh(first)).rejects.toMatchObject({ type: "REFRESH_REFUSED" });
		await ask(Contract.LogoutAll, {}, { principal: principalOf(second) });
		expect([await check(second), await check(third)]).toEqual([null, null]);
	});

	it("are listed in pages, or with a cursor", async () => {
		const { user } = await register();
		const principal = principalOf(await login(user.email));

		const page = await ask(ListSessions, { page: 2, pageSize: 1 }, { principal });
		expect(page).toMatchObject({ total: 2, totalPages: 2, rows: [{ isCurrent: false }] });
		const first = await ask(ListSessions, { limit: 1 }, { principal });
		const { nextCursor: cursor } = first as { nextCursor: string };
		expect((await ask(ListSessions, { cursor, limit: 1 }, { principal })).rows).toEqual(page.rows);
	});

	it("end by their id, each only for whose it is", async () => {
		const first = await register();
		const [second, stranger] = [await login(first.user.email), await register()];
		const { sessionId: id } = principalOf(first);
		const notFound = { type: "SESSION_NOT_FOUND", code: 404 };

		await expect(ask(EndSession, { id }, { principal: principalOf(stranger) })).rejects.toMatchObject(notFound);
		await ask(EndSession, { id }, { principal: principalOf(second) });
		expect([await check(first), (await check(second))?.userId]).toEqual([null, first.user.id]);
		await expect(ask(EndSession, { id }, { principal: principalOf(second) })).rejects.toMatchObject(notFound);
	});

	it("are nobody's when nobody is signed in", async () => {
		await expect(ask(Contract.Logout, {})).rejects.toMatchObject({ type: "UNAUTHENTICATED" });
		await expect(ask(ListSessions, {})).rejects.toMatchObject({ type: "UNAUTHENTICATED" });
	});
});

describe("accounts", () => {
	it("are shown to their owner and to administrators, and hidden from everybody else", async () => {
		const signedIn = await register();
		const stranger = principalOf(await register());
		const { id } = signedIn.user;

		for (const principal of [principalOf(signedIn), admin])
			expect(await ask(Contract.GetUser, { id }, { principal })).toEqual(signedIn.user);
		for (const contract of [Contract.GetUser, Contract.UpdateUser, Contract.DeactivateUser])
			for (const meta of [{ principal: stranger }, {}])
				await expect(ask(contract, { id }, meta)).rejects.toMatchObject({ type: "USER_NOT_FOUND", code: 404 });
		expect((await check(signedIn))?.userId).toBe(id);
	});

	it("change the given fields only, in a new version", async () => {
		const { user } = await register({ firstName: "Ada", phone: "+43 1 234" });
		const meta: Meta = { principal: admin, expectedVersion: 1 };
		const changed = await ask(Contract.UpdateUser, { id: user.id, phone: null, address: "Graz" }, meta);

		expect(changed).toEqual({ ...user, phone: null, address: { line1: "Graz" }, updatedAt: changed.updatedAt });
		await expect(ask(Contract.UpdateUser, { id: user.id, phone: null }, meta)).rejects.toMatchObject({
			type: "PRECONDITION_FAILED",
			data: { currentVersion: 2 },
		});
	});

	it("answer their version for the ETag", async () => {
		const { user } = await register();
		const versions: unknown[] = [];
		const { id } = user;
		for (const contract of [Contract.GetUser, Contract.UpdateUser, Contract.SetRole, ReactivateUser]) {
			const meta: Meta = { principal: admin };
			const extra = contract === Contract.SetRole ? { role: "vendor" } : {};
			const caller = { call: (name: string, params: unknown) => at.broker.call(name, params, { meta }) };
			await call(caller, contract as ActionContract, { id, ...extra });
			versions.push(meta.$version);
		}

		expect(versions).toEqual([1, 1, 2, 2]);
	});

	it("refuse the email address or username of somebody else", async () => {
		await register({ email: "hers@example.com", username: "hers" });
		const { user } = await register();
		const meta = { principal: admin };

		await expect(ask(Contract.UpdateUser, { id: user.id, email: "Hers@example.com" }, meta)).rejects.toMatchObject({
			type: "EMAIL_TAKEN",
		});
		await expect(ask(Contract.UpdateUser, { id: user.id, username: "HERS" }, meta)).rejects.toMatchObject({
			type: "USERNAME_TAKEN",
		});
	});

	it("that are closed lose their sessions and say so once", async () => {
		const signedIn = await register();
		const { id } = signedIn.user;
		for (let round = 0; round < 2; round++) await ask(Contract.DeactivateUser, { id }, { principal: admin });
		await until(() => factsOf(id).some(({ name }) => name === "user.deleted"));

		expect(await check(signedIn)).toBeNull();
		expect(await ask(ListSessions, {}, { principal: principalOf(signedIn) })).toMatchObject({ rows: [], total: 0 });
		await expect(refresh(signedIn)).rejects.toMatchObject({ type: "REFRESH_REFUSED" });
		expect(factsOf(id).map(({ name }) => name)).toEqual(["user.created", "user.deleted"]);
	});

	it("that are closed are opened again by an administrator, once", async () => {
		const { user } = await register();
		const meta = { principal: admin };
		await ask(Contract.DeactivateUser, { id: user.id }, meta);
		const opened = await ask(ReactivateUser, { id: user.id }, meta);

		expect(opened).toMatchObject({ id: user.id, isActive: true });
		expect(await ask(ReactivateUser, { id: user.id }, meta)).toEqual(opened);
		expect((await login(user.email)).user).toEqual(opened);
	});

	it("stay open, with their sessions, when closing them is refused", async () => {
		const signedIn = await register();
		const meta = { principal: admin, expectedVersion: 9 };

		await expect(ask(Contract.DeactivateUser, { id: signedIn.user.id }, meta)).rejects.toMatchObject({ code: 412 });
		expect(await check(signedIn)).not.toBeNull();
	});

	it("that do not exist are not found", async () => {
		const meta = { principal: admin };

		await expect(ask(Contract.GetUser, { id: nobody }, meta)).rejects.toMatchObject({ type: "USER_NOT_FOUND" });
		await expect(ask(Contract.SetRole, { id: nobody, role: "admin" }, meta)).rejects.toMatchObject({ code: 404 });
		await expect(ask(Contract.GetContact, { id: nobody })).rejects.toMatchObject({ code: 404 });
	});

	it("tell notifications no name while nobody has shown that the address is his: a stranger may have typed it", async () => {
		const { user } = await register({ firstName: "You won! Visit evil.example" });
		expect(await ask(Contract.GetContact, { id: user.id })).toMatchObject({ email: user.email, firstName: null });
		await ask(VerifyEmail, { token: await at.linkOf(user.id, "verify-email") });
		expect(await ask(Contract.GetContact, { id: user.id })).toMatchObject({ firstName: user.firstName });

		await ask(Contract.UpdateUser, { id: user.id, email: `new-${user.email}` }, { principal: admin });
		expect(await ask(Contract.GetContact, { id: user.id })).toMatchObject({ firstName: null });
	});

	it("tell notifications where to reach somebody, and in which language", async () => {
		const { user } = await register({ firstName: "Ada" });
		await ask(VerifyEmail, { token: await at.linkOf(user.id, "verify-email") });
		expect(await ask(Contract.GetContact, { id: user.id })).toEqual({
			...{ email: user.email, phone: null, firstName: "Ada" },
			...{ locale: "en", timezone: "UTC", isActive: true },
		});

		const preferences = { locale: "de", timezone: "Europe/Vienna" };
		await ask(Contract.UpdateUser, { id: user.id, phone: "+43 1 234", preferences }, { principal: admin });
		expect(await ask(Contract.GetContact, { id: user.id })).toMatchObject({ ...preferences, phone: "+43 1 234" });
	});
});

describe("the last administrator", () => {
	const lastAdmin = { type: "LAST_ADMIN", code: 409 };
	let root: string;

	beforeAll(async () => {
		await at.service.db.query(DEMOTE);
		root = (await ask(Contract.EnsureAdmin, { email: "last@example.com", password })).userId;
	});

	it("keeps role and account", async () => {
		const meta = { principal: { ...admin, userId: root } };

		await expect(ask(Contract.SetRole, { id: root, role: "vendor" }, meta)).rejects.toMatchObject(lastAdmin);
		await expect(ask(Contract.DeactivateUser, { id: root }, meta)).rejects.toMatchObject(lastAdmin);
		expect(await ask(Contract.SetRole, { id: root, role: "admin" }, meta)).toMatchObject({ role: "admin" });
	});

	it("is known by its id in capitals, too", async () => {
		const [meta, id] = [{ principal: { ...admin, userId: root } }, root.toUpperCase()];

		await expect(ask(Contract.SetRole, { id, role: "vendor" }, meta)).rejects.toMatchObject(lastAdmin);
		await expect(ask(Contract.DeactivateUser, { id }, meta)).rejects.toMatchObject(lastAdmin);
		await expect(ask(EraseUser, { id }, meta)).rejects.toMatchObject(lastAdmin);
	});

	it("is one of two who dismiss each other at the same moment", async () => {
		const { user } = await register();
		await ask(Contract.SetRole, { id: user.id, role: "admin" }, { principal: admin });
		const dismissed = await Promise.allSettled(
			[root, user.id].map((id) => ask(Contract.SetRole, { id, role: "customer" }, { principal: admin })),
		);

		expect(dismissed.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
		expect(dismissed.find(({ status }) => status === "rejected")).toMatchObject({ reason: lastAdmin });
	});
});

describe("the first administrator", () => {
	it("is opened once, by however many nodes start, and keeps its password", async () => {
		const params = { email: "Root@example.com", password };
		const answers = await Promise.all([1, 2].map(() => ask(Contract.EnsureAdmin, params)));
		const again = await ask(Contract.EnsureAdmin, { ...params, password: "another password" });

		expect(answers.map(({ created }) => created).sort()).toEqual([false, true]);
		expect(again).toEqual({ userId: answers[0]!.userId, created: false });
		expect((await login("root@example.com")).user).toMatchObject({ id: again.userId, role: "admin" });
	});

	it("is nobody who registered the address before", async () => {
		const { user } = await register();
		await ask(Contract.EnsureAdmin, { email: user.email, password: "another password" });

		expect((await login(user.email)).user.role).toBe("customer");
	});
});

describe("a service key", () => {
	const atMs = () => Date.now();
	const keyOf = (name: string) => serviceKeyFrom(SECRET, name);
	const prove = (names: readonly string[], at: number, key = keyOf) =>
		Object.fromEntries(names.map((name) => [name, proofOf(key(name), name, at)]));
	const exchange = (names: readonly string[], at = atMs()) =>
		ask(ExchangeServiceKey, { atMs: at, proofs: prove(names, at) });
	const unknown = { type: "CALLER_UNKNOWN", code: 401 };

	it("is exchanged for a token that other nodes know, for 15 minutes and all services of the node", async () => {
		const { token, expiresInSeconds } = await exchange(["orders", "payments"]);
		const { keys } = await ask(Contract.Jwks, {});
		const checks = { typ: "caller+jwt", audience: "stoa-services", issuer: "stoa", algorithms: ["EdDSA"] };
		const { payload } = await jwtVerify(token, createLocalJWKSet({ keys }), checks);

		expect(payload).toMatchObject({ sub: "orders payments", jti: expect.any(String) });
		expect([payload.exp! - payload.iat!, expiresInSeconds]).toEqual([900, 900]);
	});

	it("of which one proof is wrong gets nothing", async () => {
		const at = atMs();
		const proofs = { ...prove(["orders"], at), payments: prove(["orders"], at).orders! };
		await expect(ask(ExchangeServiceKey, { atMs: at, proofs })).rejects.toMatchObject(unknown);
	});

	it("of another shop's secret gets nothing", async () => {
		const at = atMs();
		const proofs = prove(["orders"], at, (name) => serviceKeyFrom("the secret of another shop, 32 bytes", name));
		await expect(ask(ExchangeServiceKey, { atMs: at, proofs })).rejects.toMatchObject(unknown);
	});

	it.each([-90_000, 90_000])("is not proved by what was made %i ms ago", async (ageMs) => {
		await expect(exchange(["orders"], atMs() - ageMs)).rejects.toMatchObject(unknown);
	});

	it("must name a service", async () => {
		const refused = { type: "VALIDATION_FAILED" };
		await expect(exchange([])).rejects.toMatchObject(refused);
		await expect(exchange(["orders payments"])).rejects.toMatchObject(refused);
	});
});

describe("the service", () => {
	it("publishes the one key that it signs with", async () => {
		const { access_token } = await register();
		const { keys } = await ask(Contract.Jwks, {});
		const header = JSON.parse(Buffer.from(access_token.split(".")[0]!, "base64url").toString()) as { kid: string };

		expect(keys.map(({ kid }) => kid)).toEqual([header.kid]);
	});

	it("answers a ping with its database", async () => {
		expect(await ask(ping("users"), {})).toEqual({ status: "healthy" });
	});
});

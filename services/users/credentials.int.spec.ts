import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { statement } from "../../mixins/sql/database.ts";
import { until } from "../../test/support/wait.ts";
import {
	ChangePassword,
	ForgotPassword,
	MailLink,
	ResendVerification,
	ResetPassword,
	VerifyEmail,
} from "../contracts/credentials.ts";
import type { LinkPurpose } from "../contracts/credentials.ts";
import { DeactivateUser, GetUser, UpdateUser } from "../contracts/users.ts";
import { ADMIN, linkParams, NOBODY, PASSWORD, principalOf, tokenIn, UsersFixture } from "./users.fixture.ts";

const EXPIRE = statement("spec.expire", "update mail_links set expires_at = now() - interval '1 s' where user_id = $1");
const EXPIRY = statement<{ hours: number }>(
	"spec.expiry",
	`select round(extract(epoch from expires_at - mails_since) / 3600)::integer as hours from mail_links
	where user_id = $1 and purpose = $2`,
);
const STORED = statement<{ everything: string }>(
	"spec.stored texts",
	`select coalesce(string_agg(each::text, ' '), '') as everything from (
		select to_json(outbox) as each from outbox union all select to_json(mail_links) from mail_links) as all_rows`,
);

const ended = { type: "LINK_ENDED", code: 410 };
const other = "another good password";

let at: UsersFixture;
beforeAll(async () => {
	at = await UsersFixture.open();
});
afterAll(() => at.close());

const verify = (token: string) => at.ask(VerifyEmail, { token });
const forgot = (email: string) => at.ask(ForgotPassword, { email });
const reset = (token: string, password = other) => at.ask(ResetPassword, { token, password });
const userOf = (id: string) => at.ask(GetUser, { id }, { principal: ADMIN });

describe("the address of a new account", () => {
	it("is verified by the link that was mailed there, once", async () => {
		const { user } = await at.register();
		const token = await at.linkOf(user.id, "verify-email");
		expect(user.emailVerifiedAt).toBeNull();
		await verify(token);

		expect((await userOf(user.id)).emailVerifiedAt).toEqual(expect.any(String));
		await expect(verify(token)).rejects.toMatchObject(ended);
		await until(() => at.factsOf(user.id).length === 2);
		expect(at.factsOf(user.id)[1]?.data).toMatchObject({ changed: ["emailVerifiedAt"] });
	});

	it("is verified by one of two who come with the link at the same moment", async () => {
		const { user } = await at.register();
		const token = await at.linkOf(user.id, "verify-email");
		const both = await Promise.allSettled([verify(token), verify(token)]);

		expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
		expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: ended });
	});

	it("is no longer verified when it changes; the new one gets a link, and all links to the old one end", async () => {
		const { user } = await at.register();
		const old = await at.linkOf(user.id, "verify-email");
		await forgot(user.email);
		const oldReset = await at.linkOf(user.id, "reset-password");
		await verify(old);
		const email = `new-${user.email}`;
		const changed = await at.ask(UpdateUser, { id: user.id, email }, { principal: ADMIN });

		expect(changed).toMatchObject({ email, emailVerifiedAt: null });
		await expect(reset(oldReset)).rejects.toMatchObject(ended);
		await verify(await at.linkOf(user.id, "verify-email", 2));
		expect((await userOf(user.id)).emailVerifiedAt).not.toBeNull();
	});

	it("is told when it is not the account's any more, so that a thief of a token does not go unnoticed", async () => {
		const { user } = await at.register();
		await verify(await at.linkOf(user.id, "verify-email"));
		const moved = `new-${user.email}`;
		await at.ask(UpdateUser, { id: user.id, email: moved }, { principal: ADMIN });
		await until(() => at.mailedTo(user.email).length > 0, { what: "the notice" });

		expect([at.mailedTo(user.email), at.mailedTo(moved)]).toEqual([["email-changed"], []]);
	});

	it("is told although the mails of the hour are used up, if it was verified", async () => {
		const signedIn = await at.register();
		const { id, email } = signedIn.user;
		for (let round = 0; round < 10; round++) await at.ask(ResendVerification, {}, { principal: principalOf(signedIn) });
		await verify(await at.linkOf(id, "verify-email", 10));
		await at.ask(UpdateUser, { id, email: `new-${email}` }, { principal: ADMIN });

		await until(() => at.mailedTo(email).includes("email-changed"), { what: "the notice" });
	});

	it("hears ten times an hour at most of an account that nobody verified: it may be a stranger's", async () => {
		const { user } = await at.register();
		for (let round = 0; round < 12; round++)
			for (const email of [`new-${user.email}`, user.email])
				await at.ask(UpdateUser, { id: user.id, email }, { principal: ADMIN });
		await until(() => at.factsOf(user.id).length === 25, { what: "all changes to be told" });

		expect(at.mailsTo(user.id)).toHaveLength(10);
		const notices = [...at.mailedTo(user.email), ...at.mailedTo(`new-${user.email}`)];
		expect(notices).toHaveLength(9);
	});

	it("takes its links along when it changes, even when no other may be mailed within the hour", async () => {
		const signedIn = await at.register();
		const { id, email } = signedIn.user;
		for (let round = 0; round < 9; round++) await at.ask(ResendVerification, {}, { principal: principalOf(signedIn) });
		const token = await at.linkOf(id, "verify-email", 10);
		const asked = linkParams(id, at.mailsTo(id).at(-1)!);
		await at.ask(UpdateUser, { id, email: `new-${email}` }, { principal: ADMIN });

		await expect(verify(token)).rejects.toMatchObject(ended);
		await expect(at.ask(MailLink, asked)).rejects.toMatchObject(ended);
		expect((await userOf(id)).emailVerifiedAt).toBeNull();
	});

	it("stays verified when something else changes, and gets no other mail", async () => {
		const { user } = await at.register();
		await verify(await at.linkOf(user.id, "verify-email"));
		const fields = { id: user.id, email: user.email, firstName: "Ada" };

		expect((await at.ask(UpdateUser, fields, { principal: ADMIN })).emailVerifiedAt).not.toBeNull();
		expect(at.mailsTo(user.id)).toHaveLength(1);
	});

	it("gets another link when its owner asks, which ends the one before", async () => {
		const signedIn = await at.register();
		const { id } = signedIn.user;
		const resend = () => at.ask(ResendVerification, {}, { principal: principalOf(signedIn) });
		const first = await at.linkOf(id, "verify-email");
		expect(await resend()).toEqual({ status: "accepted" });

		const second = await at.linkOf(id, "verify-email", 2);
		await expect(verify(first)).rejects.toMatchObject(ended);
		await verify(second);
		expect(await resend()).toEqual({ status: "accepted" });
		await expect(at.linkOf(id, "verify-email", 3)).rejects.toThrow("in vain");
	});
});

describe("a forgotten password", () => {
	it("is set anew by the mailed link, which ends all sessions and works once", async () => {
		const signedIn = await at.register();
		const { id, email } = signedIn.user;
		await forgot(email.toUpperCase());
		const token = await at.linkOf(id, "reset-password");
		await reset(token);

		expect(await at.check(signedIn)).toBeNull();
		await expect(at.login(email)).rejects.toMatchObject({ type: "LOGIN_FAILED" });
		expect((await at.login(email, other)).user.emailVerifiedAt).not.toBeNull();
		await expect(reset(token, "a third password")).rejects.toMatchObject(ended);
		await until(() => at.mailsTo(id).some(({ template }) => template === "password-changed"));
	});

	it("opens the login again where it was delayed", async () => {
		const { user } = await at.register();
		await forgot(user.email);
		for (let guess = 0; guess < 5; guess++) await at.login(user.email, "a guess").catch(() => undefined);
		await expect(at.login(user.email)).rejects.toMatchObject({ code: 429 });
		const token = await at.linkOf(user.id, "reset-password");
		await at.ask(ResetPassword, { token, password: other }, { address: "192.0.2.1" });

		await expect(at.login(user.email, other)).resolves.toBeDefined();
	});

	it("is answered alike for an account, a closed one and none, with as many statements", async () => {
		const [open, closed] = [await at.register(), await at.register()];
		await at.ask(DeactivateUser, { id: closed.user.id }, { principal: ADMIN });
		const query = jest.spyOn(at.service.db, "query");
		const asked = async (email: string) => {
			query.mockClear();
			const answer = await forgot(email);
			const names = query.mock.calls.map(([{ name }]) => name).filter((name) => /^users\.(id of|send)/.test(name));
			return { answer, names };
		};

		const told = await asked(open.user.email);
		expect(told).toEqual({
			answer: { status: "accepted" },
			names: ["users.id of email", "users.send mail quietly"],
		});
		expect(await asked(closed.user.email)).toEqual(told);
		expect(await asked("nobody@example.com")).toEqual(told);
		query.mockRestore();
		await at.linkOf(open.user.id, "reset-password");
		expect(at.mailsTo(closed.user.id).map(({ template }) => template)).toEqual(["verify-email"]);
	});

	it("that is asked for again and again is mailed ten times an hour at most, and the last link works", async () => {
		const { user } = await at.register();
		for (let round = 0; round < 12; round++) await forgot(user.email);
		const token = await at.linkOf(user.id, "reset-password", 10);

		expect(at.mailsTo(user.id).filter(({ template }) => template === "reset-password")).toHaveLength(10);
		await reset(token);
	});
});

describe("a link", () => {
	it.each<[LinkPurpose, number]>([
		["verify-email", 168],
		["reset-password", 1],
	])("for %s lasts %i hours", async (purpose, hours) => {
		const { user } = await at.register();
		await forgot(user.email);
		const token = await at.linkOf(user.id, purpose);
		const use = purpose === "verify-email" ? verify : reset;

		expect(await at.service.db.query(EXPIRY, [user.id, purpose])).toEqual([{ hours }]);
		await at.service.db.query(EXPIRE, [user.id]);
		await expect(use(token)).rejects.toMatchObject(ended);
	});

	it("is good for its purpose only", async () => {
		const { user } = await at.register();
		await forgot(user.email);

		await expect(reset(await at.linkOf(user.id, "verify-email"))).rejects.toMatchObject(ended);
		await expect(verify(await at.linkOf(user.id, "reset-password"))).rejects.toMatchObject(ended);
	});

	it("ends with the account", async () => {
		const { user } = await at.register();
		const token = await at.linkOf(user.id, "verify-email");
		await at.ask(DeactivateUser, { id: user.id }, { principal: ADMIN });

		await expect(verify(token)).rejects.toMatchObject(ended);
	});

	it("cannot be made up, not even by whoever knows its id", async () => {
		const { user } = await at.register();
		const bytes = Buffer.from(await at.linkOf(user.id, "verify-email"), "base64url");
		bytes[40] = bytes[40]! ^ 1;

		for (const token of [bytes.toString("base64url"), "nonsense", Buffer.alloc(48, 255).toString("base64url")])
			await expect(verify(token)).rejects.toMatchObject(ended);
	});

	it("rests nowhere: neither in the tables nor in the facts", async () => {
		const { user } = await at.register();
		const token = await at.linkOf(user.id, "verify-email");
		const everything = (await at.service.db.query(STORED))[0]!.everything;

		expect(everything).toContain(user.id);
		expect(everything).not.toContain(token);
		expect(everything).not.toContain(token.slice(-43));
	});

	it("is told to notifications while it is open, for whom and what it is", async () => {
		const { user } = await at.register();
		await at.linkOf(user.id, "verify-email");
		const params = linkParams(user.id, at.mailsTo(user.id)[0]!);
		const { url } = await at.ask(MailLink, params);

		expect(url).toMatch(/^http:\/\/localhost:3000\/account\/verify-email#[\w-]{64}$/);
		for (const wrong of [{ userId: NOBODY }, { purpose: "invitation" as const }, { tokenId: NOBODY }])
			await expect(at.ask(MailLink, { ...params, ...wrong })).rejects.toMatchObject(ended);
		await verify(tokenIn(url));
		await expect(at.ask(MailLink, params)).rejects.toMatchObject(ended);
	});
});

describe("a password", () => {
	const change = (principal: ReturnType<typeof principalOf>, currentPassword: string) =>
		at.ask(ChangePassword, { currentPassword, newPassword: other }, { principal, address: "192.0.2.1" });

	it("is changed by whoever knows it, and ends the other sessions", async () => {
		const first = await at.register();
		const second = await at.login(first.user.email);
		await forgot(first.user.email);
		const link = await at.linkOf(first.user.id, "reset-password");
		await change(principalOf(second), PASSWORD);

		expect([await at.check(first), (await at.check(second))?.userId]).toEqual([null, first.user.id]);
		await expect(reset(link)).rejects.toMatchObject(ended);
		await expect(at.login(first.user.email, other)).resolves.toBeDefined();
		await until(() => at.mailsTo(first.user.id).some(({ template }) => template === "password-changed"));
	});

	it("is not changed by one that was reset after it was verified", async () => {
		const signedIn = await at.register();
		const { id, email } = signedIn.user;
		await forgot(email);
		const token = await at.linkOf(id, "reset-password");
		at.afterVerifying(() => reset(token, "a third password"));

		const changed = change(principalOf(signedIn), PASSWORD);
		await expect(changed).rejects.toMatchObject({ type: "PASSWORD_WRONG", code: 403 });
		await expect(at.login(email, "a third password")).resolves.toBeDefined();
	});

	it("is not guessed by way of changing it", async () => {
		const signedIn = await at.register();
		const wrong = { type: "PASSWORD_WRONG", code: 403 };
		for (let guess = 0; guess < 5; guess++)
			await expect(change(principalOf(signedIn), "a guess")).rejects.toMatchObject(wrong);

		await expect(change(principalOf(signedIn), PASSWORD)).rejects.toMatchObject({ code: 429 });
		await expect(at.login(signedIn.user.email)).resolves.toBeDefined();
	});
});

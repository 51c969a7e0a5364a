import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { busOf } from "../../mixins/events/local-bus.ts";
import { statement } from "../../mixins/sql/database.ts";
import { until } from "../../test/support/wait.ts";
import { SearchUsers } from "../contracts/accounts.ts";
import { ForgotPassword, ResetPassword } from "../contracts/credentials.ts";
import { GetRegistration, QueueRegistration, UserRegistration } from "../contracts/registrations.ts";
import { Register, UpdateUser } from "../contracts/users.ts";
import { ADMIN, NOBODY, PASSWORD, UsersFixture } from "./users.fixture.ts";

const LATER = statement(
	"spec.later",
	"update registrations set settled_at = settled_at - interval '8 days' where id = $1",
);
const DEAD = statement<{ id: string; error: string }>(
	"spec.dead",
	"select message_id as id, last_error as error from inbox where last_error is not null",
);

let at: UsersFixture;
let people = 0;
beforeAll(async () => {
	at = await UsersFixture.open();
});
afterAll(() => at.close());

const personOf = () => ({ name: "Grace", surname: "Hopper", email: `grace-${++people}@example.com` });
const queue = (person = personOf()) => at.ask(QueueRegistration, person);
const statusOf = async (id: string) => (await at.ask(GetRegistration, { id })).status;
const shown = (id: string, status: string) => until(async () => (await statusOf(id)) === status, { what: status });

async function userBy(email: string) {
	const { rows } = await at.ask(SearchUsers, { q: email }, { principal: ADMIN });
	return rows[0];
}

/** As a program outside would send it: a body, and whatever id it has. */
function fromOutside(data: object) {
	const message = { id: at.service.newId(), name: UserRegistration.name, version: 1, aggregateType: "outside" };
	const rest = { aggregateId: "", sequence: 0, correlationId: null, causationId: null };
	return { ...message, ...rest, data };
}

describe("a registration", () => {
	it("becomes an invitation, and an account that its owner opens by choosing a password", async () => {
		const person = personOf();
		const { registrationId: id, status } = await queue(person);
		expect(status).toBe("queued");
		await shown(id, "invited");
		const user = (await userBy(person.email))!;
		expect(user).toMatchObject({ firstName: "Grace", lastName: "Hopper", isActive: false, role: "customer" });
		expect(user.username).toMatch(/^grace\.hopper\.[0-9a-f]{8}$/);
		expect(at.factsOf(user.id)).toEqual([]);
		await expect(at.login(person.email, "a guess")).rejects.toMatchObject({ type: "LOGIN_FAILED" });

		await at.ask(ResetPassword, { token: await at.linkOf(user.id, "invitation"), password: PASSWORD });
		expect(await statusOf(id)).toBe("active");
		const { user: opened } = await at.login(person.email);
		expect(opened).toMatchObject({ id: user.id, isActive: true, emailVerifiedAt: expect.any(String) });
		await until(() => at.factsOf(user.id).length === 1);
		expect(at.factsOf(user.id)).toMatchObject([{ name: "user.created", sequence: 1, data: { email: person.email } }]);
	});

	it("shows nothing of the person", async () => {
		const { registrationId: id } = await queue();

		expect(await at.ask(GetRegistration, { id })).toEqual({ registrationId: id, status: expect.any(String) });
		await expect(at.ask(GetRegistration, { id: NOBODY })).rejects.toMatchObject({ type: "REGISTRATION_NOT_FOUND" });
	});

	it("with the address of an account looks like an invitation that nobody takes up; its owner is told", async () => {
		const { user } = await at.register();
		const [known, unknown] = [await queue({ ...personOf(), email: user.email }), await queue()];
		for (const { registrationId: id } of [known, unknown]) await shown(id, "invited");
		await until(() => at.mailsTo(user.id).some(({ template }) => template === "account-exists"));

		for (const { registrationId: id } of [known, unknown]) {
			await at.service.db.query(LATER, [id]);
			expect(await statusOf(id)).toBe("rejected");
		}
		expect((await at.login(user.email)).user).toEqual(user);
	});

	it("with the address of an account, again and again, is told to its owner three times an hour", async () => {
		const { user } = await at.register();
		for (let round = 0; round < 5; round++) {
			const { registrationId: id } = await queue({ ...personOf(), email: user.email });
			await shown(id, "invited");
		}

		const told = at.mailsTo(user.id).filter(({ template }) => template === "account-exists");
		expect(told).toHaveLength(3);
	});

	it("that comes again while the first waits invites the same user anew", async () => {
		const person = personOf();
		const [first, second] = [await queue(person), await queue(person)];
		for (const { registrationId: id } of [first, second]) await shown(id, "invited");
		const user = (await userBy(person.email))!;
		const token = await at.linkOf(user.id, "invitation", 2);
		await at.ask(ResetPassword, { token, password: PASSWORD });

		expect([await statusOf(first.registrationId), await statusOf(second.registrationId)]).toEqual(["active", "active"]);
	});
});

describe("somebody who was invited", () => {
	it("may have lost the mail: a forgotten password opens the account, too", async () => {
		const person = personOf();
		await shown((await queue(person)).registrationId, "invited");
		const user = (await userBy(person.email))!;
		await at.ask(ForgotPassword, { email: person.email });
		await at.ask(ResetPassword, { token: await at.linkOf(user.id, "reset-password"), password: PASSWORD });

		expect((await at.login(person.email)).user.isActive).toBe(true);
	});

	it("gets the invitation at his new address when it is corrected, and the old one ends", async () => {
		const person = personOf();
		await shown((await queue(person)).registrationId, "invited");
		const user = (await userBy(person.email))!;
		const old = await at.linkOf(user.id, "invitation");
		await at.ask(UpdateUser, { id: user.id, email: `new-${person.email}` }, { principal: ADMIN });
		const token = await at.linkOf(user.id, "invitation", 2);

		await expect(at.ask(ResetPassword, { token: old, password: PASSWORD })).rejects.toMatchObject({ code: 410 });
		await at.ask(ResetPassword, { token, password: PASSWORD });
		expect(at.factsOf(user.id).filter(({ name }) => name === "user.updated")).toEqual([]);
	});

	it("keeps his address from others", async () => {
		const person = personOf();
		await shown((await queue(person)).registrationId, "invited");

		const register = at.ask(Register, { email: person.email, password: PASSWORD });
		await expect(register).rejects.toMatchObject({ type: "EMAIL_TAKEN" });
	});
});

describe("the queue user.registration", () => {
	it("is open to messages from outside, of which each counts once", async () => {
		const person = personOf();
		const message = fromOutside(person);
		for (let times = 0; times < 2; times++) await busOf(at.broker).publish([message]);
		await until(() => userBy(person.email));

		expect(await statusOf(message.id)).toBe("invited");
		const user = (await userBy(person.email))!;
		await at.linkOf(user.id, "invitation");
		expect(at.mailsTo(user.id)).toHaveLength(1);
	});

	it("lets nobody settle a registration a second time", async () => {
		const { registrationId } = await queue();
		await shown(registrationId, "invited");
		const intruder = personOf();
		await busOf(at.broker).publish([fromOutside({ ...intruder, registrationId })]);
		await shown((await queue()).registrationId, "invited");

		expect(await userBy(intruder.email)).toBeUndefined();
	});

	it.each([
		["without a surname", { name: "Ada", email: "ada@example.com" }],
		["with an address that is none", { name: "Ada", surname: "Lovelace", email: "nowhere" }],
	])("refuses a body %s", async (_fault, body) => {
		const message = fromOutside(body);
		await busOf(at.broker).publish([message]);
		await until(async () => (await at.service.db.query(DEAD)).some(({ id }) => id === message.id));

		await expect(statusOf(message.id)).rejects.toMatchObject({ code: 404 });
	});
});

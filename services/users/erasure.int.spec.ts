import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ServiceSchema } from "moleculer";
import { defineService, internal, query } from "../../mixins/define-service.ts";
import { statement } from "../../mixins/sql/database.ts";
import { until } from "../../test/support/wait.ts";
import {
	EraseUser,
	ExportUser,
	GetErasure,
	ListActivities,
	ReactivateUser,
	SearchUsers,
} from "../contracts/accounts.ts";
import { ResetPassword } from "../contracts/credentials.ts";
import { ServiceBusy } from "../contracts/errors.ts";
import { sagasOf } from "../contracts/operations.ts";
import { eraseOf, exportOf } from "../contracts/privacy.ts";
import { QueueRegistration } from "../contracts/registrations.ts";
import { GetContact, GetUser, UpdateUser } from "../contracts/users.ts";
import { ownActivity } from "./activity.ts";
import { ERASED_IN } from "./keepers.ts";
import { noteFailure } from "./storage/activities.ts";
import { ADMIN, NOBODY, PASSWORD, principalOf, UsersFixture } from "./users.fixture.ts";

/** Every row of every table, as text. */
const EVERYTHING = statement<{ text: string }>(
	"spec.everything",
	["users", "sessions", "mail_links", "user_activities", "registrations", "outbox", "inbox", "sagas"]
		.map((table) => `select '${table} ' || row_to_json(t)::text as text from ${table} as t`)
		.join(" union all "),
);
const OF_USER = statement<{ count: number }>(
	"spec.of user",
	`select ((select count(*) from sessions where user_id = $1) + (select count(*) from mail_links where user_id = $1)
		+ (select count(*) from registrations where user_id = $1)
		+ (select count(*) from user_activities where user_id = $1 and (ip_address, user_agent) is distinct from (null, null))
	)::integer as count`,
);
const SOON = statement("spec.soon", "update sagas set next_run_at = now() where state <> 'done'");

const done = { timeoutMs: 30_000, what: "the erasure" };
const address = { line1: "Main Street 1", city: "Graz", postalCode: "8010", country: "AT" };
const traces = [
	"zaphod",
	"beeblebrox",
	"zb@example.com",
	"president@example.com",
	"+43 1 555 0199",
	"Main Street",
	"203.0.113.77",
	"Betelgeuse",
];

/** Who was told to forget whom, and when. */
const told: { readonly service: string; readonly userId: string; readonly atMs: number }[] = [];
/** Services that stumble, and how often. */
const faults = new Map<string, number>();

const keeper = (name: string): ServiceSchema =>
	defineService({
		name,
		actions: {
			eraseUser: internal(eraseOf(name), async ({ params: { userId } }) => {
				const left = faults.get(name) ?? 0;
				faults.set(name, left - 1);
				if (left > 0) throw new ServiceBusy({ retryAfterSeconds: 1 });
				told.push({ service: name, userId, atMs: Date.now() });
				return null;
			}),
			exportUser: query(exportOf(name), async ({ params: { userId } }) => ({ data: { kept: `${name} of ${userId}` } })),
		},
	});

let at: UsersFixture;
beforeAll(async () => {
	at = await UsersFixture.open(ERASED_IN.map(keeper));
});
afterAll(() => at.close());

const erase = (id: string) => at.ask(EraseUser, { id }, { principal: ADMIN });
const erasure = (id: string) => at.ask(GetErasure, { id }, { principal: ADMIN });
const erased = (id: string) => until(async () => (await erasure(id)).status === "done", done);

describe("a user who is erased", () => {
	it("leaves no trace, and is forgotten by every service when nobody acts as him any more", async () => {
		const person = { name: "Zaphod", surname: "Beeblebrox", email: "zb@example.com" };
		await at.ask(QueueRegistration, person);
		const found = await until(
			async () => (await at.ask(SearchUsers, { q: person.email }, { principal: ADMIN })).rows[0],
		);
		const { id } = found;
		await at.ask(ResetPassword, { token: await at.linkOf(id, "invitation"), password: PASSWORD });
		const from = { address: "203.0.113.77", userAgent: "Betelgeuse/5" };
		const signedIn = await at.login(person.email, PASSWORD, from.address);
		const owner = { principal: principalOf(signedIn), ...from };
		const email = "president@example.com";
		await at.ask(UpdateUser, { id, email, phone: "+43 1 555 0199", address }, owner);
		await until(() => at.mailedTo(person.email).length === 1, { what: "the notice to the address he left" });
		await until(() => at.factsOf(id).length === 2);

		const { requestedAt, ...begun } = await at.ask(EraseUser, { id }, owner);
		expect(begun).toEqual({ id, status: "running", finishedAt: null });
		expect(await at.check(signedIn)).toBeNull();
		await expect(at.login(email)).rejects.toMatchObject({ type: "LOGIN_FAILED" });
		await erased(id);

		const left = (await at.service.db.query(EVERYTHING)).map(({ text }) => text);
		const telling = left.filter((row) => traces.some((trace) => row.toLowerCase().includes(trace.toLowerCase())));
		expect(telling).toEqual([]);
		expect(await at.service.db.query(OF_USER, [id])).toEqual([{ count: 0 }]);
		const asked = told.filter(({ userId }) => userId === id);
		expect(asked.map(({ service }) => service)).toEqual(ERASED_IN);
		expect(asked[0]!.atMs - Date.parse(requestedAt)).toBeGreaterThan(5_000);
		await until(() => at.factsOf(id).length === 3);
		expect(at.factsOf(id).at(-1)).toMatchObject({ name: "user.deleted", data: { userId: id, mode: "erased" } });
	});

	it("stays as a row that says nothing, and no command finds him", async () => {
		const { id } = (await at.register({ firstName: "Arthur" })).user;
		await erase(id);
		await erased(id);
		const meta = { principal: ADMIN };

		expect(await at.ask(GetUser, { id }, meta)).toMatchObject({
			...{ email: `erased-${id}@invalid`, username: null, firstName: null, phone: null, address: null },
			...{ isActive: false, emailVerifiedAt: null, preferences: {} },
		});
		expect(await at.ask(GetContact, { id })).toMatchObject({ email: null, phone: null, isActive: false });
		for (const contract of [UpdateUser, ReactivateUser, ExportUser])
			await expect(at.ask(contract, { id }, meta)).rejects.toMatchObject({ code: 404 });
		const wrongPassword = ownActivity(at.service, { meta: { address: "192.0.2.66" } }, "LOGIN_FAILED");
		await noteFailure(at.service.db, id, wrongPassword);
		const { rows } = await at.ask(ListActivities, { id }, meta);
		expect(rows.map(({ activityType, ipAddress }) => [activityType, ipAddress])).toEqual([["USER_CREATED", null]]);
	});

	it("is erased once, however often it is asked for", async () => {
		const { id } = (await at.register()).user;
		const [first, second] = await Promise.all([erase(id), erase(id)]);
		expect(second).toEqual(first);
		await erased(id);

		expect(await erase(id)).toMatchObject({ status: "done", requestedAt: first.requestedAt });
		await until(() => at.factsOf(id).some(({ name }) => name === "user.deleted"));
		expect(at.factsOf(id).filter(({ name }) => name === "user.deleted")).toHaveLength(1);
	});

	it("is erased in the end when a service stumbles, and not in users before", async () => {
		faults.set("payments", 8);
		const { user } = await at.register();
		await erase(user.id);
		await until(() => (faults.get("payments") ?? 0) < 7, done);
		expect((await at.ask(GetUser, { id: user.id }, { principal: ADMIN })).email).toBe(user.email);

		await until(async () => {
			await at.service.db.query(SOON);
			return (await erasure(user.id)).status === "done";
		}, done);
	});
});

describe("an erasure", () => {
	it("is asked for and followed by the user and by administrators only", async () => {
		const signedIn = await at.register();
		const { id } = signedIn.user;
		const stranger = { principal: principalOf(await at.register()) };
		const owner = { principal: principalOf(signedIn) };
		const unknown = { type: "ERASURE_NOT_FOUND", code: 404 };

		await expect(at.ask(EraseUser, { id }, stranger)).rejects.toMatchObject({ type: "USER_NOT_FOUND" });
		await expect(at.ask(GetErasure, { id }, owner)).rejects.toMatchObject(unknown);
		await at.ask(EraseUser, { id }, owner);
		expect(await at.ask(GetErasure, { id }, owner)).toMatchObject({ id, status: "running" });
		await expect(at.ask(GetErasure, { id }, stranger)).rejects.toMatchObject(unknown);
		await expect(erase(NOBODY)).rejects.toMatchObject({ type: "USER_NOT_FOUND" });
	});

	it("shows its steps to operators", async () => {
		const { rows } = await at.ask(sagasOf("users"), { afterId: null, limit: 1 });
		expect(rows[0]?.steps).toEqual([
			"wait until nobody acts as the user",
			...ERASED_IN.map((service) => `erase in ${service}`),
			"erase in users",
		]);
	});
});

describe("an export", () => {
	it("holds what every service keeps of the user, and is for him and administrators", async () => {
		const signedIn = await at.register({ firstName: "Ford" }, { address: "192.0.2.9" });
		const { id } = signedIn.user;
		const owner = { principal: principalOf(signedIn) };
		await until(async () => (await at.ask(ExportUser, { id }, owner)).activities.length === 1);
		const exported = await at.ask(ExportUser, { id }, owner);

		expect(ExportUser.result.parse(exported)).toMatchObject({
			user: signedIn.user,
			sessions: [{ id: owner.principal.sessionId, address: "192.0.2.9" }],
			activities: [{ activityType: "USER_CREATED" }],
			services: {
				orders: { kept: `orders of ${id}` },
				payments: { kept: `payments of ${id}` },
				notifications: { kept: `notifications of ${id}` },
			},
		});
		const stranger = { principal: principalOf(await at.register()) };
		await expect(at.ask(ExportUser, { id }, stranger)).rejects.toMatchObject({ type: "USER_NOT_FOUND" });
	});
});

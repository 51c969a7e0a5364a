import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import PostalMime from "postal-mime";
import { bury } from "../../mixins/events/inbox.ts";
import { statement } from "../../mixins/sql/database.ts";
import { until } from "../../test/support/wait.ts";
import type { SentTo } from "../contracts/action.ts";
import * as preferences from "../contracts/notification-preferences.ts";
import * as templates from "../contracts/notification-templates.ts";
import * as contracts from "../contracts/notifications.ts";
import { recipientHash } from "./delivery/recipient-hash.ts";
import { lowStock, mailWanted, orderCreated, userCreated } from "./facts.fixture.ts";
import { as, startNotifications } from "./notifications.fixture.ts";
import type { RunningNotifications } from "./notifications.fixture.ts";
import { openBrowser } from "./providers/push-service.fixture.ts";

const PUT_OFF = statement(
	"spec.putOff",
	"insert into inbox (consumer, message_id, message, next_attempt_at) values ($1, $2, $3, now() + interval '1 hour')",
);
const MESSAGES = statement<{ id: string }>(
	"spec.messages",
	"select message_id as id from inbox where message_id = any($1)",
);
const SUPPRESS = statement(
	"spec.suppress",
	"insert into suppressions (channel, recipient_hash, reason) select 'email', unnest($1::text[]), 'SMTP_550'",
);
const SUPPRESSED = statement<{ hash: string }>(
	"spec.suppressed",
	"select recipient_hash as hash from suppressions where recipient_hash = any($1)",
);

let home = "";
let running: RunningNotifications;
const admin = as("admin");
const REFUSED_CURSOR = { type: "VALIDATION_FAILED", data: { errors: [{ path: "cursor" }] } };

beforeAll(async () => {
	home = mkdtempSync(join(tmpdir(), "stoa-notifications-"));
	const keys = { VAPID_PUBLIC_KEY: "B".repeat(87), VAPID_PRIVATE_KEY: "p".repeat(43) };
	running = await startNotifications({ STOA_HOME: home, ...keys });
});
afterAll(async () => {
	await running.stop();
	rmSync(home, { recursive: true });
});

const ORDER = { orderId: "o-1", totalAmount: 10.5, currency: "EUR", units: 3 };
const send = (about: Partial<SentTo<typeof contracts.Send>>, meta = admin) =>
	running.ask(
		contracts.Send,
		{ userId: randomUUID(), channel: "email", template: "order-confirmed", variables: ORDER, ...about },
		meta,
	);

async function mailOf(id: string) {
	const folder = join(home, "mail");
	const [file = ""] = readdirSync(folder).filter((name) => name.includes(id));
	return PostalMime.parse(readFileSync(join(folder, file)));
}

describe("sending", () => {
	it("accepts a template for a user and tells what became of it", async () => {
		const userId = running.newUser();
		const { deliveries } = await send({ userId });
		const { id } = await running.settled(userId, "sent");

		expect(deliveries).toEqual([id]);
		const delivery = await running.ask(contracts.GetDelivery, { id });
		expect(contracts.Delivery.parse(delivery)).toMatchObject({
			...{ id, userId, channel: "email", template: "order-confirmed", status: "sent", attempts: 1 },
			...{ provider: "folder", locale: "en", templateVersion: 1, reason: null, nextAttemptAt: null },
		});
		expect((await mailOf(id)).text).toContain("Order o-1");
	});

	it("mails to an address", async () => {
		const mail = { to: "Grace@Example.com", template: "welcome" };
		const { deliveries } = await running.ask(contracts.SendEmail, mail, admin);
		await running.settledById(deliveries[0]!, "sent");
		expect((await mailOf(deliveries[0]!)).to).toEqual([{ address: "grace@example.com", name: "" }]);
	});

	it("happens once for each Idempotency-Key", async () => {
		const userId = running.newUser();
		const meta = { ...admin, operation: { key: randomUUID(), fingerprint: "f", deadlineMs: Date.now() + 30_000 } };
		const [first, second] = [await send({ userId }, { ...meta }), await send({ userId }, { ...meta })];
		expect(second).toEqual(first);
		expect(await running.log(userId)).toHaveLength(1);
	});

	it.each([
		["nobody knows the template", { template: "farewell" }, ["template"]],
		["it is one with a secret", { template: "reset-password", variables: { tokenId: "t" } }, ["template"]],
		["a variable is missing", { variables: { ...ORDER, orderId: undefined } }, ["variables.orderId"]],
		[
			"a variable is unknown",
			{ variables: { ...ORDER, discount: 1, coupon: 2 } },
			["variables.discount", "variables.coupon"],
		],
		["a variable is of the wrong kind", { variables: { ...ORDER, units: "three" } }, ["variables.units"]],
	])("is refused when %s", async (_what, about, paths) => {
		await expect(send(about)).rejects.toMatchObject({
			code: 422,
			data: { errors: paths.map((path) => expect.objectContaining({ path })) },
		});
	});

	it.each([
		[contracts.SendEmail, { template: "welcome" }],
		[contracts.SendEmail, { template: "welcome", to: "a@example.com", userId: randomUUID() }],
		[contracts.SendSms, { template: "welcome", phone: "0151 123" }],
		[contracts.SendSms, { template: "welcome", phone: "+4915112345678", variables: { ["__proto__x"]: 1 } }],
		[contracts.SendSms, { template: "welcome", phone: "+4915112345678", variables: { a: "\0" } }],
		[contracts.SendSms, { template: "welcome", phone: "+4915112345678", variables: { a: "x".repeat(20_000) } }],
	])("wants one recipient who can be, and variables that can be kept: %#", async (contract, params) => {
		await expect(running.ask(contract, params as never, admin)).rejects.toMatchObject({ code: 422 });
	});

	it("is listed for the user, newest first", async () => {
		const userId = running.newUser();
		const ids: string[] = [];
		for (const _ of [1, 2, 3]) ids.push(...(await send({ userId })).deliveries);
		await until(async () => (await running.log(userId)).every(({ status }) => status === "sent"));

		const page = await running.ask(contracts.ListNotifications, { userId, page: 1, pageSize: 2, status: "sent" });
		expect(page).toMatchObject({
			total: 3,
			rows: ids
				.toReversed()
				.slice(0, 2)
				.map((id) => ({ id, userId })),
		});
		const slice = await running.ask(contracts.ListNotifications, { userId, limit: 2 });
		const { nextCursor } = slice as { nextCursor: string };
		expect(await running.ask(contracts.ListNotifications, { userId, limit: 2, cursor: nextCursor })).toMatchObject({
			rows: [{ id: ids[0] }],
			nextCursor: null,
		});
		expect(await running.ask(contracts.ListNotifications, { userId, channel: "sms" })).toMatchObject({ rows: [] });
	});

	it("is asked about by its id only", async () => {
		await expect(running.ask(contracts.GetDelivery, { id: randomUUID() })).rejects.toMatchObject({ code: 404 });
	});
});

describe("preferences", () => {
	const set = (params: SentTo<typeof preferences.SetPreferences>, meta = {}) =>
		running.ask(preferences.SetPreferences, params, meta);

	it("are all on at first, and change one by one", async () => {
		const userId = running.newUser();
		expect(await running.ask(preferences.GetPreferences, { userId })).toMatchObject({
			topics: { news: { email: true, sms: true, push: true } },
			quietHours: null,
		});
		await set({ userId, topics: { news: { email: false } }, quietHours: { from: "22:00", to: "07:00" } });
		await set({ userId, topics: { news: { push: false } }, timezone: "Europe/Berlin" });

		expect(await running.ask(preferences.GetPreferences, { userId })).toEqual({
			userId,
			topics: {
				account: { email: true, sms: true, push: true },
				orders: { email: true, sms: true, push: true },
				stock: { email: true, sms: true, push: true },
				news: { email: false, sms: true, push: false },
			},
			quietHours: { from: "22:00", to: "07:00" },
			timezone: "Europe/Berlin",
		});
	});

	it("are of the version that was seen, or of another by then", async () => {
		const userId = running.newUser();
		const meta: { $version?: number } = {};
		await set({ userId, timezone: "UTC" }, meta);
		expect(meta.$version).toBe(1);
		await set({ userId, timezone: null }, { expectedVersion: 1 });
		const stale = set({ userId, timezone: "UTC" }, { expectedVersion: 1 });
		await expect(stale).rejects.toMatchObject({ code: 412, data: { currentVersion: 2 } });
	});

	it.each([
		[{ topics: { orders: { email: false } } }, "topics.orders.email"],
		[{ topics: { weather: { email: false } } }, "topics.weather"],
		[{ quietHours: { from: "22:00", to: "22:00" } }, "quietHours.to"],
		[{ quietHours: { from: "24:00", to: "07:00" } }, "quietHours.from"],
		[{ timezone: "Mars/Olympus" }, "timezone"],
	])("refuse %j", async (given, path) => {
		const refused = set({ userId: randomUUID(), ...given } as never);
		await expect(refused).rejects.toMatchObject({ code: 422, data: { errors: [{ path }] } });
	});

	it("keep a vendor's warning from him, and never an order's confirmation", async () => {
		const userId = running.newUser();
		await set({ userId, topics: { stock: { email: false } } });
		await running.deliver(lowStock(randomUUID(), userId), orderCreated(userId));
		const rows = await until(async () => {
			const found = await running.log(userId);
			return found.length === 2 && found.every(({ status }) => status !== "queued") && found;
		});
		expect(rows.map(({ notification_type: type, status, reason }) => [type, status, reason]).sort()).toEqual([
			["low-stock", "suppressed", "NOT_WANTED"],
			["order-confirmed", "sent", null],
		]);
	});

	it("put news off to the end of the quiet hours, which costs no try", async () => {
		const userId = running.newUser();
		const productId = randomUUID();
		running.products.set(productId, "Lamp");
		// Quiet at this moment, whenever that is, and for two hours.
		const clock = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
		const end = clock(2);
		await set({ userId, quietHours: { from: clock(-1), to: end } });
		await running.deliver(lowStock(productId, userId), userCreated(userId));

		await until(async () => (await running.log(userId)).some(({ status }) => status === "sent"));
		const late = await until(async () => (await running.log(userId)).find(({ postponed }) => postponed === 1));
		expect(late).toMatchObject({ notification_type: "low-stock", status: "queued", attempts: 1 });
		expect(late.next_attempt_at.toISOString().slice(11, 16)).toBe(end);

		await set({ userId, quietHours: null });
		await running.hasten(userId);
		await running.settledById(late.id, "sent");
	});
});

describe("push subscriptions", () => {
	const { keys } = openBrowser();
	const endpoint = () => `https://push.example/${randomUUID()}`;
	const subscribe = (userId: string, at = endpoint()) =>
		running.ask(preferences.AddPushSubscription, { userId, endpoint: at, expirationTime: null, keys });
	const list = async (userId: string) =>
		(await running.ask(preferences.ListPushSubscriptions, { userId })).rows.map(({ id }) => id);

	it("are one for each browser, however often it subscribes", async () => {
		const userId = running.newUser();
		const at = endpoint();
		const [first, second] = [await subscribe(userId, at), await subscribe(userId, at)];
		expect([second.id, await list(userId)]).toEqual([first.id, [first.id]]);
	});

	it("go over to whoever uses the browser next", async () => {
		const [before, after] = [running.newUser(), running.newUser()];
		const at = endpoint();
		await subscribe(before, at);
		await subscribe(after, at);
		expect([(await list(before)).length, (await list(after)).length]).toEqual([0, 1]);
	});

	it("are seen and ended by their owner only", async () => {
		const userId = running.newUser();
		const { id } = await subscribe(userId);
		const get = (meta: object) => running.ask(preferences.GetPushSubscription, { id }, meta);
		expect(await get(as("customer", userId))).toMatchObject({ id, userId });
		expect(await get(admin)).toMatchObject({ id });
		await expect(get(as("customer"))).rejects.toMatchObject({ code: 404 });

		const remove = (owner: string) => running.ask(preferences.RemovePushSubscription, { userId: owner, id });
		await expect(remove(randomUUID())).rejects.toMatchObject({ code: 404 });
		expect(await remove(userId)).toBeNull();
		await expect(remove(userId)).rejects.toMatchObject({ code: 404 });
	});

	it("are at most twenty, even when all come at once", async () => {
		const userId = running.newUser();
		const answers = await Promise.allSettled(Array.from({ length: 25 }, () => subscribe(userId)));
		const refused = answers.filter(({ status }) => status === "rejected");
		expect([(await list(userId)).length, refused.length]).toEqual([20, 5]);
		expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({ type: "TOO_MANY_PUSH_SUBSCRIPTIONS" });
	});

	it("are listed newest first, by page and by cursor", async () => {
		const userId = running.newUser();
		const [first, second, third] = [await subscribe(userId), await subscribe(userId), await subscribe(userId)];
		const ask = (given: object) => running.ask(preferences.ListPushSubscriptions, { userId, ...given });

		expect(await ask({ page: 2, pageSize: 2 })).toEqual({
			rows: [first],
			total: 3,
			page: 2,
			pageSize: 2,
			totalPages: 2,
		});
		const { nextCursor: cursor, ...slice } = (await ask({ limit: 2 })) as { nextCursor: string };
		expect(slice).toEqual({ rows: [third, second] });
		expect(await ask({ cursor })).toEqual({ rows: [first], nextCursor: null });
		for (const given of [{ cursor: "made-up" }, { cursor, userId: randomUUID() }, { cursor, page: 1 }])
			await expect(ask(given)).rejects.toMatchObject(REFUSED_CURSOR);
	});

	it("need the shop's public key, where it has one", async () => {
		expect(await running.ask(preferences.GetPushKey, {})).toEqual({ publicKey: "B".repeat(87) });
		const without = await startNotifications({ STOA_HOME: home });
		try {
			await expect(without.ask(preferences.GetPushKey, {})).rejects.toMatchObject({ type: "PUSH_NOT_CONFIGURED" });
			const wanted = { userId: randomUUID(), endpoint: endpoint(), keys };
			await expect(without.ask(preferences.AddPushSubscription, wanted)).rejects.toMatchObject({ code: 409 });
		} finally {
			await without.stop();
		}
	});
});

describe("templates", () => {
	const publish = (given: Partial<SentTo<typeof templates.PublishTemplate>>) =>
		running.ask(
			templates.PublishTemplate,
			{ name: "spring-sale", locale: "en", subject: "Sale", text: "Hello {{firstName}}, {{percent}} % off", ...given },
			admin,
		);
	const problems = async (given: Parameters<typeof publish>[0]) => {
		const [answer] = await Promise.allSettled([publish(given)]);
		const { data } = answer.status === "rejected" ? answer.reason : { data: { errors: [] } };
		return data.errors as { path: string; message: string }[];
	};

	it("that Stoa brings along are version 1", async () => {
		const { rows } = await running.ask(templates.ListTemplates, { pageSize: 100 });
		expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(["low-stock", "refund", "welcome"]));
		expect(await running.ask(templates.GetTemplate, { name: "refund" })).toMatchObject({
			...{ name: "refund", topic: "orders", variables: ["amount", "currency", "firstName", "orderId", "refunded"] },
			current: [{ id: null, locale: "en", version: 1 }],
			history: [{ id: null, locale: "en", version: 1 }],
		});
	});

	it("are listed by name, by page and by cursor, with the versions in use", async () => {
		await publish({ name: "a-first-one", text: "Hello" });
		const ask = (given: object) => running.ask(templates.ListTemplates, given);
		const { rows: all } = await ask({ pageSize: 100 });
		const names = all.map(({ name }) => name);
		expect([names[0], names]).toEqual(["a-first-one", names.toSorted()]);
		expect(all[0]).toMatchObject({ topic: "news", current: [{ version: 1, subject: "Sale" }] });

		expect(await ask({ page: 2, pageSize: 2 })).toMatchObject({ rows: all.slice(2, 4), total: all.length });
		const { nextCursor: cursor, ...slice } = (await ask({ limit: 2 })) as { nextCursor: string };
		expect(slice).toEqual({ rows: all.slice(0, 2) });
		expect(await ask({ cursor, limit: 100 })).toEqual({ rows: all.slice(2), nextCursor: null });
		const forged = Buffer.from(`${Buffer.from(cursor, "base64url").toString()}!`).toString("base64url");
		for (const given of [{ cursor: "made-up" }, { cursor: forged }, { cursor, page: 1 }])
			await expect(ask(given)).rejects.toMatchObject(REFUSED_CURSOR);
	});

	it("get new versions, which are sent from then on and never change", async () => {
		const first = await publish({
			name: "password-changed",
			text: "Dear {{firstName}}, a new password.",
			html: "<b>{{firstName}}</b>",
		});
		expect(first).toMatchObject({ template: "password-changed", locale: "en", version: 2 });
		const second = await publish({ name: "password-changed", text: "Third, {{firstName}}." });
		expect(second.version).toBe(3);
		expect(await running.ask(templates.GetTemplateVersion, { id: first.id! })).toEqual(first);

		const userId = running.newUser({ firstName: "<Ada>" });
		await send({ userId, template: "password-changed", variables: {} });
		const { id } = await running.settled(userId, "sent");
		expect(await mailOf(id)).toMatchObject({ subject: "Sale", text: expect.stringContaining("Third, <Ada>.") });
		expect(await running.ask(contracts.GetDelivery, { id })).toMatchObject({ templateVersion: 3 });
		const { history, current } = await running.ask(templates.GetTemplate, { name: "password-changed" });
		expect([history.map(({ version }) => version), current.length]).toEqual([[3, 2, 1], 1]);
	});

	it("number the versions of a language without gaps, however many are written at once", async () => {
		const name = "at-once";
		const written = await Promise.all(Array.from({ length: 8 }, () => publish({ name })));
		expect(written.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
	});

	it("are sent in the user's language, or the closest there is", async () => {
		await publish({ name: "hours", locale: "en", subject: "Hours", text: "english" });
		await publish({ name: "hours", locale: "de", subject: "Zeiten", text: "deutsch" });
		await publish({ name: "hours", locale: "de-at", subject: "Zeiten", text: "österreichisch" });
		const said = async (locale: string) => {
			const userId = running.newUser({ locale });
			await send({ userId, template: "hours", variables: {} });
			const { id } = await running.settled(userId, "sent");
			return (await mailOf(id)).text?.trim();
		};
		expect(await Promise.all(["de-AT", "de-CH", "fr", "en-GB"].map(said))).toEqual([
			...["österreichisch", "deutsch", "english", "english"],
		]);
	});

	it("of one's own take the variables they name, all of them and no others", async () => {
		await publish({});
		const to = running.newUser();
		await expect(send({ userId: to, template: "spring-sale", variables: {} })).rejects.toMatchObject({
			data: { errors: [{ path: "variables.percent" }] },
		});
		await expect(
			send({ userId: to, template: "spring-sale", variables: { percent: 5, cents: 1 } }),
		).rejects.toMatchObject({
			data: { errors: [{ path: "variables.cents" }] },
		});
		await send({ userId: to, template: "spring-sale", variables: { percent: 5 } });
		const { id } = await running.settled(to, "sent");
		expect((await mailOf(id)).text).toContain("Hello Ada, 5 % off");
	});

	it("are refused with what would fail later, where it stands", async () => {
		expect(await problems({ text: "{{{raw}}}", html: "{{> layout}}", short: "{{#if}}" })).toEqual([
			{ path: "text", message: expect.stringContaining("not escaped") },
			{ path: "html", message: expect.stringContaining("not allowed") },
			{ path: "short", message: expect.any(String) },
		]);
		expect(await problems({ name: "refund", subject: "{{orderId}}", text: "{{total}}" })).toEqual([
			{ path: "text", message: expect.stringContaining("{{total}} is not a variable of this template") },
		]);
	});

	it("that need what may be missing ask for it with #if", async () => {
		const name = "order-cancelled";
		expect(await problems({ name, text: "because {{reason}}" })).toMatchObject([{ path: "variables.reason" }]);
		expect(await problems({ name, text: "{{#if reason}}because {{reason}}{{/if}} {{total}}" })).toEqual([]);
	});

	it("are shown with samples, and nothing is sent", async () => {
		const before = (await running.service.db.query(statement("spec.all", "select 1 from notification_logs"))).length;
		const shown = await running.ask(templates.PreviewTemplate, {
			name: "refund",
			locale: "pt-BR",
			variables: { amount: 3 },
		});
		expect(shown).toMatchObject({ locale: "en", version: 1, short: "We have given back 3.00 EUR." });
		expect(shown.html).toContain("<p>Hello Ada,</p>");
		const own = running.ask(templates.PreviewTemplate, { name: "spring-sale" });
		await expect(own).rejects.toMatchObject({ code: 422, data: { errors: [{ path: "variables.percent" }] } });
		const unknown = running.ask(templates.PreviewTemplate, { name: "farewell" });
		await expect(unknown).rejects.toMatchObject({ type: "TEMPLATE_NOT_FOUND" });
		expect(await running.service.db.query(statement("spec.all", "select 1 from notification_logs"))).toHaveLength(
			before,
		);
	});

	it("are mailed for a look, marked as a test, with links that do not work", async () => {
		const test = { name: "reset-password", to: "editor@example.com" };
		const { deliveries } = await running.ask(templates.TestTemplate, test, admin);
		await running.settledById(deliveries[0]!, "sent");
		const mail = await mailOf(deliveries[0]!);
		expect(mail.subject).toBe("[Test] Set a new password");
		expect(mail.text).toContain("https://shop.example/account/link#token");
	});

	it.each([templates.GetTemplate, templates.GetTemplateVersion])(
		"that do not exist are not found: %#",
		async (contract) => {
			const params = contract === templates.GetTemplate ? { name: "farewell" } : { id: randomUUID() };
			await expect(running.ask(contract, params as never)).rejects.toMatchObject({ type: "TEMPLATE_NOT_FOUND" });
		},
	);
});

describe("a user's data", () => {
	const everything = async () => {
		const names = [
			"notification_logs",
			"notification_preferences",
			"push_subscriptions",
			"suppressions",
			"order_customers",
			"inbox",
		];
		const tables = names.map((name) => running.service.db.query(statement(`spec.${name}`, `select * from ${name}`)));
		return JSON.stringify(await Promise.all(tables));
	};

	it("can be taken away by him, and is gone from every table when he is erased, twice or once", async () => {
		const userId = running.newUser();
		const endpoint = `https://push.example/${randomUUID()}`;
		const { keys } = openBrowser();
		await running.ask(preferences.AddPushSubscription, { userId, endpoint, keys });
		await running.ask(preferences.SetPreferences, { userId, timezone: "Asia/Kathmandu" });
		await running.deliver(orderCreated(userId, "0198c0de-0000-7000-8000-00000000abcd"));
		await until(async () => (await running.log(userId)).some(({ status }) => status === "sent"));

		const { data } = await running.ask(contracts.ExportNotificationsUser, { userId });
		expect(data).toMatchObject({
			preferences: { timezone: "Asia/Kathmandu" },
			pushSubscriptions: [{ endpoint }],
			notifications: expect.arrayContaining([expect.objectContaining({ template: "order-confirmed", status: "sent" })]),
		});

		for (const _ of [1, 2]) await running.ask(contracts.EraseNotificationsUser, { userId });
		const left = await everything();
		for (const trace of [endpoint, "Kathmandu", "00000000abcd"]) {
			expect(left.replaceAll(/"dedupe_key":"[^"]*"/g, "")).not.toContain(trace);
		}
		expect((await running.log(userId)).every(({ variables }) => Object.keys(variables).length === 0)).toBe(true);
	});

	it("is forgotten in the messages that name him, those that wait and those that are dead", async () => {
		const [userId, otherId] = [running.newUser({ email: "Trillian@example.com" }), running.newUser()];
		const about = { template: "order-confirmed", variables: { ...ORDER, orderId: "betelgeuse" } };
		const fromOutside = { ...mailWanted({ userId, ...about }), data: { to: "TRILLIAN@example.com", ...about } };
		const [other, ...his] = [userCreated(otherId), userCreated(userId), mailWanted({ userId, ...about }), fromOutside];
		for (const message of [...his, other]) {
			await bury(running.service.db, { consumer: "notifications.greetUser", message }, "spec");
			await running.service.db.query(PUT_OFF, ["notifications.sendMail", message.id, JSON.stringify(message)]);
		}

		await running.ask(contracts.EraseNotificationsUser, { userId });
		const ids = [...his, other].map(({ id }) => id);
		expect(await running.service.db.query(MESSAGES, [ids])).toEqual([{ id: other.id }, { id: other.id }]);
		expect(await everything()).not.toContain("betelgeuse");
	});

	it("is forgotten in what was sent to his addresses without his name", async () => {
		const [email, phone] = ["arthur@example.com", "+4315550177"];
		const userId = running.newUser({ email: "Arthur@example.com", phone: "+43 1 555 0177" });
		const about = { template: "order-confirmed", variables: { ...ORDER, orderId: "magrathea" } };
		const mailed = await running.ask(contracts.SendEmail, { to: email, ...about }, admin);
		const texted = await running.ask(contracts.SendSms, { phone, ...about }, admin);
		const others = await running.ask(contracts.SendEmail, { to: "ford@example.com", ...about }, admin);
		const sent = [...mailed.deliveries, ...texted.deliveries, ...others.deliveries];
		const [mail, sms, kept] = await Promise.all(sent.map((id) => running.settledById(id, "sent")));
		const hashes = [
			recipientHash("email", email),
			recipientHash("sms", phone),
			recipientHash("email", "ford@example.com"),
		];
		await running.service.db.query(SUPPRESS, [hashes]);

		await running.ask(contracts.EraseNotificationsUser, { userId });
		expect(await running.settledById(mail!.id, "sent")).toMatchObject({ variables: {} });
		expect(await running.settledById(sms!.id, "sent")).toMatchObject({ variables: {} });
		expect(await running.settledById(kept!.id, "sent")).toMatchObject({ variables: about.variables });
		expect(await running.service.db.query(SUPPRESSED, [hashes])).toEqual([{ hash: hashes[2] }]);
	});

	it("is forgotten in what was sent to an address that he left", async () => {
		const userId = running.newUser({ email: "now@example.com" });
		const notice = mailWanted({ userId, to: "before@example.com", template: "email-changed", variables: {} });
		await running.deliver(notice);
		await until(async () => (await running.log(userId))[0]?.status === "sent");
		const hash = recipientHash("email", "before@example.com");
		expect(await everything()).toContain(hash);

		await running.ask(contracts.EraseNotificationsUser, { userId });
		expect(await everything()).not.toContain(hash);
	});

	it("is removed also when users do not know him any more", async () => {
		const userId = running.newUser();
		await running.ask(preferences.SetPreferences, { userId, timezone: "Asia/Thimphu" });
		running.profiles.delete(userId);
		await running.ask(contracts.EraseNotificationsUser, { userId });
		expect(await everything()).not.toContain("Thimphu");
	});

	it("stops what is queued", async () => {
		const userId = running.newUser();
		await running.ask(preferences.SetPreferences, { userId, quietHours: { from: "00:00", to: "23:59" } });
		const productId = randomUUID();
		running.products.set(productId, "Lamp");
		await running.deliver(lowStock(productId, userId));
		await until(async () => (await running.log(userId))[0]?.postponed === 1);
		await running.ask(contracts.EraseNotificationsUser, { userId });
		expect(await running.log(userId)).toMatchObject([{ status: "suppressed", reason: "USER_ERASED" }]);
	});
});

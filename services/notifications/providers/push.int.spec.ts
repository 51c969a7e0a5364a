import { readFileSync } from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { importJWK, jwtVerify } from "jose";
import webPush from "web-push";
import { statement } from "../../../mixins/sql/database.ts";
import { freshCertificates } from "../../../test/support/certificates.ts";
import { until } from "../../../test/support/wait.ts";
import { AddPushSubscription, ListPushSubscriptions } from "../../contracts/notification-preferences.ts";
import { Send } from "../../contracts/notifications.ts";
import { orderCreated } from "../facts.fixture.ts";
import { as, startNotifications } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";
import { openBrowser, openPushService } from "./push-service.fixture.ts";
import type { PushService } from "./push-service.fixture.ts";

const trusted = getCACertificates();
const keys = webPush.generateVAPIDKeys();
let home = "";
let service: PushService;
let running: RunningNotifications;

beforeAll(async () => {
	home = mkdtempSync(join(tmpdir(), "stoa-push-"));
	const pki = await freshCertificates();
	setDefaultCACertificates([...trusted, readFileSync(pki.ca, "utf8")]);
	service = await openPushService(pki);
	running = await startNotifications({
		STOA_HOME: home,
		VAPID_PUBLIC_KEY: keys.publicKey,
		VAPID_PRIVATE_KEY: keys.privateKey,
		VAPID_SUBJECT: "mailto:shop@example.com",
	});
});
afterAll(async () => {
	await running.stop();
	await service.close();
	setDefaultCACertificates(trusted);
	rmSync(home, { recursive: true });
});

afterEach(() => void jest.restoreAllMocks());

let paths = 0;

/** Subscribes a browser of a user. */
async function subscribed(userId: string) {
	const path = `/push/${(paths += 1)}`;
	const browser = openBrowser();
	const { id } = await running.ask(AddPushSubscription, { userId, endpoint: service.url + path, keys: browser.keys });
	return { id, path, browser, got: () => service.pushed.filter((message) => message.path === path) };
}

const subscriptionsOf = async (userId: string) =>
	(await running.ask(ListPushSubscriptions, { userId })).rows.map(({ id }) => id);

const BREAK_KEY = statement("spec.breakKey", "update push_subscriptions set p256dh = $2 where id = $1");
const HOLD = statement("spec.hold", "select from push_subscriptions where id = $1 for update");
const NO_POINT = "B".repeat(87);

/** A client could tell such a key before it was refused. */
const breakKey = (id: string) => running.service.db.query(BREAK_KEY, [id, NO_POINT]);

/** Keeps a subscription from being changed while something is done. */
const holding = (id: string, work: () => Promise<void>) =>
	running.service.db.transaction(async (tx) => {
		await tx.query(HOLD, [id]);
		await work();
	});

const push = (userId: string) =>
	running.ask(
		Send,
		{ userId, channel: "push", template: "refund", variables: { orderId: "o-1", amount: 4.25, currency: "EUR" } },
		as("admin"),
	);

describe("a push message", () => {
	it("comes to each browser of who has ordered, for its eyes only", async () => {
		const userId = running.newUser();
		const browsers = [await subscribed(userId), await subscribed(userId)];
		await running.deliver(orderCreated(userId));
		await until(() => browsers.every(({ got }) => got().length === 1));

		const row = await until(async () =>
			(await running.log(userId)).find(({ channel, status }) => channel === "push" && status === "sent"),
		);
		for (const { browser, got } of browsers) {
			expect(browser.open(got()[0]!.body)).toEqual({
				id: row.id,
				template: "order-confirmed",
				title: "Your order is confirmed",
				body: "Your order over 10.50 EUR is confirmed.",
			});
		}
		expect(browsers[0]!.got()[0]!.body.toString("latin1")).not.toContain("confirmed");
	});

	it("is signed by the shop, for this push service, and takes the place of itself", async () => {
		const userId = running.newUser();
		const { got } = await subscribed(userId);
		const { deliveries } = await push(userId);
		await running.settledById(deliveries[0]!, "sent");

		const { headers } = got()[0]!;
		const [, token = "", key] = /^vapid t=([^,]+), k=(.+)$/.exec(String(headers.authorization)) ?? [];
		expect(key).toBe(keys.publicKey);
		const point = Buffer.from(keys.publicKey, "base64url");
		const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
		const { payload } = await jwtVerify(token, await importJWK({ kty: "EC", crv: "P-256", x: x!, y: y! }, "ES256"));
		expect(payload).toMatchObject({ aud: service.url, sub: "mailto:shop@example.com" });
		expect(headers).toMatchObject({
			ttl: "86400",
			"content-encoding": "aes128gcm",
			topic: deliveries[0]!.replaceAll("-", ""),
		});
	});

	it.each([404, 410])("that finds the browser gone (%i) ends its subscription", async (status) => {
		const userId = running.newUser();
		const [gone, there] = [await subscribed(userId), await subscribed(userId)];
		service.answers.set(gone.path, [status]);
		const { deliveries } = await push(userId);

		await running.settledById(deliveries[0]!, "sent");
		await until(async () => (await subscriptionsOf(userId)).length === 1, { what: "the browser to be removed" });
		expect(await subscriptionsOf(userId)).toEqual([there.id]);
	});

	it("is sent once to each browser that can take it, whatever the key of another is", async () => {
		const userId = running.newUser();
		const [broken, sound] = [await subscribed(userId), await subscribed(userId)];
		await breakKey(broken.id);
		const { deliveries } = await push(userId);

		expect(await running.settledById(deliveries[0]!, "sent")).toMatchObject({ attempts: 1 });
		expect([broken.got().length, sound.got().length]).toEqual([0, 1]);
	});

	it("fails at once when nothing can be encrypted for the only browser", async () => {
		const userId = running.newUser();
		await breakKey((await subscribed(userId)).id);
		await push(userId);
		expect(await running.settled(userId, "failed", 1)).toMatchObject({ reason: "PUSH_INVALID" });
	});

	it("is sent once though the database is too busy to remove another browser, which the next message does", async () => {
		const userId = running.newUser();
		const [gone, there] = [await subscribed(userId), await subscribed(userId)];
		service.answers.set(gone.path, [410, 410]);
		const warned = jest.spyOn(running.service.logger, "warn");
		await holding(gone.id, async () => {
			const { deliveries } = await push(userId);
			expect(await running.settledById(deliveries[0]!, "sent")).toMatchObject({ attempts: 1 });
			await until(() => warned.mock.calls.some(([text]) => String(text).includes("the next message will")));
		});

		expect([there.got().length, (await subscriptionsOf(userId)).length]).toEqual([1, 2]);
		await push(userId);
		await until(async () => (await subscriptionsOf(userId)).length === 1, { what: "the browser to be removed" });
	});

	it("bounces when every browser is gone, and the next is suppressed", async () => {
		const userId = running.newUser();
		const { path } = await subscribed(userId);
		service.answers.set(path, [410]);
		await running.settledById((await push(userId)).deliveries[0]!, "bounced");
		await until(async () => (await subscriptionsOf(userId)).length === 0, { what: "the browser to be removed" });
		expect(await running.settledById((await push(userId)).deliveries[0]!, "suppressed")).toMatchObject({
			reason: "NO_PUSH_SUBSCRIPTION",
		});
	});

	it("is tried again when the push service is busy", async () => {
		const userId = running.newUser();
		const { path } = await subscribed(userId);
		service.answers.set(path, [429, 503]);
		await push(userId);
		await running.deferred(userId, 1);
		await running.hasten(userId);
		await running.deferred(userId, 2);
		await running.hasten(userId);
		await running.settled(userId, "sent", 3);
	});

	it("is not queued for who has no browser", async () => {
		const userId = running.newUser();
		await running.deliver(orderCreated(userId));
		await running.settled(userId, "sent");
		expect((await running.log(userId)).map(({ channel }) => channel)).toEqual(["email"]);
	});
});

describe("an endpoint", () => {
	it.each([
		["http://shop.example/push", /https/],
		["https://10.0.0.1/push", /not public/],
		["https://169.254.169.254/latest/meta-data", /not public/],
		["https://[::ffff:192.168.0.1]/push", /not public/],
		["https://user:password@push.example/push", /password/],
		["ftp://push.example", /https/],
	])("that leads where no push service is, is refused: %s", async (endpoint, message) => {
		const wanted = running.ask(AddPushSubscription, { userId: running.newUser(), endpoint, keys: openBrowser().keys });
		await expect(wanted).rejects.toMatchObject({
			code: 422,
			data: { errors: [{ path: "endpoint", message: expect.stringMatching(message) }] },
		});
	});

	it("comes with a key that messages can be encrypted for", async () => {
		const keys = { ...openBrowser().keys, p256dh: NO_POINT };
		const asked = { userId: running.newUser(), endpoint: `${service.url}/push`, keys };
		await expect(running.ask(AddPushSubscription, asked)).rejects.toMatchObject({
			code: 422,
			data: { errors: [{ path: "keys.p256dh", message: expect.stringMatching(/P-256/) }] },
		});
	});

	it("that leads into the own network by now is not asked", async () => {
		const userId = running.newUser();
		const { id } = await subscribed(userId);
		await running.service.db.query(
			{ name: "spec.move", text: "update push_subscriptions set endpoint = $2 where id = $1" },
			[id, "https://10.0.0.1/push"],
		);
		await push(userId);
		expect(await running.settled(userId, "failed", 1)).toMatchObject({ reason: "PUSH_ADDRESS_REFUSED" });
	});
});

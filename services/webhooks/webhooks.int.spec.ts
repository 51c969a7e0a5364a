import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { call } from "../contracts/action.ts";
import { ping } from "../contracts/platform.ts";
import { eraseOf } from "../contracts/privacy.ts";
import * as webhooks from "../contracts/webhooks.ts";
import { statement } from "../../mixins/sql/database.ts";
import { until } from "../../test/support/wait.ts";
import { signatureOf } from "./signing/signature.ts";
import {
	openReceiver,
	paymentCaptured,
	RunningWebhooks,
	timestamp,
	userCreated,
	userDeleted,
} from "./webhooks.fixture.ts";
import type { Heard, Receiver } from "./webhooks.fixture.ts";

const EVERYTHING = statement<{ all: string }>(
	"spec.everything",
	`select json_agg(row)::text as all from (
		select to_json(endpoints) as row from endpoints union all select to_json(events) from events
		union all select to_json(attempts) from attempts union all select to_json(inbox) from inbox
		union all select to_json(erased_users) from erased_users) as rows`,
);
const LOSE = statement("spec.lose", "update endpoints set secret = '' where id = $1");
const FAILING = statement(
	"spec.failing",
	"update endpoints set failing_since = now() - interval '6 days' where id = $1",
);

let running: RunningWebhooks;
let receiver: Receiver;

beforeAll(async () => {
	running = await RunningWebhooks.start({ WEBHOOK_TIMEOUT_MS: "10000" });
});
afterAll(() => running.stop());
beforeEach(async () => {
	receiver = await openReceiver();
});
afterEach(async () => {
	receiver.close();
	const { rows } = await call(running.broker, webhooks.ListWebhookEndpoints, { pageSize: 100 });
	for (const { id } of rows) await call(running.broker, webhooks.RemoveWebhookEndpoint, { id });
});

const answering = (status: number, body = "no", headers = {}) => {
	receiver.answer = (response) => response.writeHead(status, headers).end(body);
};
const endpoint = (id: string) => call(running.broker, webhooks.GetWebhookEndpoint, { id });
const update = (id: string, given: object) => call(running.broker, webhooks.UpdateWebhookEndpoint, { id, ...given });

/** What the header should say of a body, made when it was. */
function expectSigned({ headers, body }: Heard, ...secrets: string[]) {
	const header = String(headers["stoa-signature"]);
	const at = new Date(Number(/^t=(\d+),/.exec(header)?.[1]) * 1_000);
	expect(Math.abs(Date.now() - at.getTime())).toBeLessThan(5_000);
	expect(header).toBe(signatureOf(body, secrets, at));
}

describe("a fact", () => {
	it("reaches every endpoint that wants it, once, signed with the endpoint's own secret", async () => {
		const [all, payments] = [
			await running.register(receiver.url),
			await running.register(receiver.url, ["payment.captured"]),
		];
		const users = await running.register(receiver.url, ["user.created", "user.deleted"]);
		const fact = paymentCaptured();
		await running.happen(fact, fact);
		await Promise.all([all, payments].map(({ id }) => running.settled(id, { status: "delivered", attempts: 1 })));

		expect(receiver.heard).toHaveLength(2);
		expect(await running.deliveriesTo(users.id)).toEqual([]);
		for (const { id, secret } of [all, payments]) {
			const [{ id: deliveryId } = { id: "" }] = await running.deliveriesTo(id);
			const heard = receiver.heard.find(({ headers }) => headers["stoa-delivery-id"] === deliveryId);
			expect(JSON.parse(heard?.body ?? "")).toEqual({
				id: fact.id,
				type: fact.name,
				createdAt: timestamp,
				data: fact.data,
			});
			expect(heard?.headers).toMatchObject({
				"stoa-event-id": fact.id,
				"content-type": "application/json; charset=utf-8",
			});
			expectSigned(heard!, secret);
		}
	});

	it("is delivered with a log of what was sent and answered", async () => {
		answering(202, "thank \0 you ".repeat(1_000));
		const { id } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		const delivery = await running.settled(id, { status: "delivered" });
		const { log, payload } = await running.detailOf(delivery);

		expect(payload).toMatchObject({ type: "payment.captured", data: { amount: 10.5 } });
		expect(log).toEqual([
			{
				...{ number: 1, statusCode: 202, error: null },
				...{ at: expect.any(String), durationMs: expect.any(Number), responseExcerpt: expect.any(String) },
			},
		]);
		expect(log[0]?.responseExcerpt).toHaveLength(1_000);
		expect(log[0]?.responseExcerpt).not.toContain("\0");
	});
});

describe("a delivery that fails", () => {
	it("is sent again with the same bytes and a new signature, until it succeeds", async () => {
		answering(500);
		const { id, secret } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		const failed = await running.tried(id, 1);
		expect(Date.parse(failed.nextAttemptAt ?? "") - Date.now()).toBeGreaterThan(5_000);
		expect((await endpoint(id)).failingSince).not.toBeNull();

		answering(200);
		await running.hasten();
		await running.settled(id, { attempts: 2, status: "delivered" });
		const [first, second] = receiver.heard;
		expect(second?.body).toBe(first?.body);
		expectSigned(second!, secret);
		expect((await running.detailOf(failed)).log.map(({ statusCode }) => statusCode)).toEqual([500, 200]);
		expect((await endpoint(id)).failingSince).toBeNull();
	});

	it("follows no redirect, and waits as long as it is asked to", async () => {
		answering(302, "", { location: "http://169.254.169.254/", "retry-after": "3600" });
		const { id } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		const delivery = await running.tried(id, 1);

		expect(Date.parse(delivery.nextAttemptAt ?? "") - Date.now()).toBeGreaterThan(3_500_000);
		expect((await running.detailOf(delivery)).log[0]).toMatchObject({ statusCode: 302, error: null });
	});

	it("says in a word why there was no answer, and nothing of our network", async () => {
		const { id } = await running.register(receiver.url);
		receiver.close();
		await running.happen(paymentCaptured());
		const delivery = await running.tried(id, 1);

		const [attempt] = (await running.detailOf(delivery)).log;
		expect(attempt).toMatchObject({ statusCode: null, error: "CONNECTION_FAILED", responseExcerpt: null });
	});

	it("is tried again when the receiver changes to another protocol", async () => {
		const changed = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n";
		receiver.answer = ({ socket }) => socket?.write(changed);
		const { id } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		const delivery = await running.tried(id, 1);

		expect(delivery).toMatchObject({ status: "pending", nextAttemptAt: expect.any(String) });
		expect((await running.detailOf(delivery)).log).toMatchObject([{ statusCode: null, error: "ANSWER_INVALID" }]);
	});

	it("disables an endpoint that is gone, at once and visibly", async () => {
		answering(410);
		const { id } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		await running.settled(id, { status: "failed", attempts: 1 });

		expect(await endpoint(id)).toMatchObject({ isActive: false, disabledReason: "gone", version: 2 });
		await running.happen(paymentCaptured());
		expect(await running.deliveriesTo(id)).toHaveLength(1);
	});

	it("shows scrapers how many endpoints were disabled, but not those that a person switched off", async () => {
		answering(410);
		const off = await running.register(receiver.url, ["user.created"]);
		await update(off.id, { isActive: false });
		const before = await running.shownDisabled();
		const { id } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		await running.settled(id, { status: "failed" });

		await until(async () => (await running.shownDisabled()) === (before ?? 0) + 1);
		await update(id, { isActive: true });
		await until(async () => (await running.shownDisabled()) === before);
	});

	it("disables an endpoint that has done nothing else for days; PUT isActive true begins anew with what waits", async () => {
		answering(503);
		const { id } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		await running.tried(id, 1);
		await running.service.db.query(FAILING, [id]);
		await running.hasten();
		await until(async () => (await endpoint(id)).disabledReason === "failing");

		answering(200);
		await running.hasten();
		expect(await update(id, { isActive: true })).toMatchObject({
			isActive: true,
			disabledReason: null,
			failingSince: null,
		});
		await running.settled(id, { status: "delivered", attempts: 3 });
	});

	it("that nobody can sign, since the key was lost, is tried again and not counted against its endpoint", async () => {
		const { id } = await running.register(receiver.url);
		await running.service.db.query(LOSE, [id]);
		await running.happen(paymentCaptured());
		await running.settled(id, { attempts: 1, status: "pending" });

		expect(receiver.heard).toEqual([]);
		expect((await endpoint(id)).failingSince).toBeNull();
	});
});

describe("a slow endpoint", () => {
	it("holds up nobody else, and gets a few attempts at a time only", async () => {
		const slow = await openReceiver();
		slow.answer = () => undefined;
		await running.register(slow.url);
		const { id } = await running.register(receiver.url);
		await running.happen(...Array.from({ length: 20 }, () => paymentCaptured()));

		await until(async () => (await running.deliveriesTo(id)).every(({ status }) => status === "delivered"));
		expect(receiver.heard).toHaveLength(20);
		expect(slow.heard.length).toBeLessThanOrEqual(4);
		slow.close();
	});
});

describe("an administrator", () => {
	it("sees a secret once, and never again", async () => {
		const made = await running.register(receiver.url);
		const rotated = await call(running.broker, webhooks.RotateWebhookSecret, { id: made.id });

		for (const secret of [made.secret, rotated.secret]) {
			expect(secret).toMatch(/^whsec_/);
			expect(JSON.stringify(await endpoint(made.id))).not.toContain(secret);
			const [{ all } = { all: "" }] = await running.service.db.query(EVERYTHING);
			expect(all).not.toContain(secret);
			expect(all).not.toContain(Buffer.from(secret).toString("hex"));
		}
	});

	it("replaces a secret while the old one is still believed: both sign", async () => {
		const { id, secret } = await running.register(receiver.url);
		const rotated = await call(running.broker, webhooks.RotateWebhookSecret, { id });
		expect(Date.parse(rotated.previousSecretUntil) - Date.now()).toBeGreaterThan(86_000_000);

		await running.happen(paymentCaptured());
		await running.settled(id, { status: "delivered" });
		expectSigned(receiver.heard[0]!, rotated.secret, secret);
	});

	it("replaces a secret by the endpoint's id in capitals, too", async () => {
		const { id, secret } = await running.register(receiver.url);
		const rotated = await call(running.broker, webhooks.RotateWebhookSecret, { id: id.toUpperCase() });
		await running.happen(paymentCaptured());
		await running.settled(id, { status: "delivered" });

		expectSigned(receiver.heard[0]!, rotated.secret, secret);
	});

	it("tries an endpoint with a ping, whatever its events are", async () => {
		const { id, secret } = await running.register(receiver.url, ["user.deleted"]);
		const sent = await call(running.broker, webhooks.TestWebhookEndpoint, { id });
		await running.settled(id, { status: "delivered" });

		expect(sent).toMatchObject({ endpointId: id, type: "ping" });
		expect(JSON.parse(receiver.heard[0]?.body ?? "")).toMatchObject({
			type: "ping",
			id: sent.eventId,
			data: { endpointId: id },
		});
		expectSigned(receiver.heard[0]!, secret);
	});

	it("sends a delivery again, which keeps the id of its event", async () => {
		const { id } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		const delivery = await running.settled(id, { status: "delivered" });
		const again = await call(running.broker, webhooks.RedeliverWebhook, { id, deliveryId: delivery.id });
		await running.settled(id, { status: "delivered", attempts: 2 });

		expect(again).toMatchObject({ id: delivery.id, status: "pending", finishedAt: null });
		expect(receiver.heard.map(({ headers }) => headers["stoa-event-id"])).toEqual([delivery.eventId, delivery.eventId]);
	});

	it("reads the log page by page, by status", async () => {
		const { id } = await running.register(receiver.url);
		await running.happen(...Array.from({ length: 5 }, () => paymentCaptured()));
		await until(async () => (await running.deliveriesTo(id)).every(({ status }) => status === "delivered"));

		const list = (params: object) => call(running.broker, webhooks.ListWebhookDeliveries, { id, ...params });
		expect(await list({ pageSize: 2, page: 3 })).toMatchObject({ total: 5, totalPages: 3, rows: [expect.anything()] });
		expect(await list({ status: "failed" })).toMatchObject({ total: 0, rows: [] });
		const first = (await list({ limit: 3, status: "delivered" })) as { nextCursor: string };
		expect(await list({ limit: 3, cursor: first.nextCursor, status: "delivered" })).toMatchObject({ nextCursor: null });
		await expect(list({ limit: 3, cursor: first.nextCursor })).rejects.toMatchObject({ code: 422 });
	});

	it("is told what an endpoint may not be", async () => {
		const refused = { type: "VALIDATION_FAILED", data: { errors: [{ path: "url" }] } };
		for (const url of [
			"http://10.0.0.1/",
			"http://shop.example/",
			"https://169.254.169.254/",
			"https://a:b@shop.example/",
		])
			await expect(running.register(url)).rejects.toMatchObject(refused);
		await expect(running.register(receiver.url, ["order.create"])).rejects.toMatchObject({ code: 422 });
		await expect(running.register(receiver.url, ["*", "*"])).rejects.toMatchObject({ code: 422 });
		await expect(running.register(receiver.url, ["email.notifications"])).rejects.toMatchObject({ code: 422 });

		const { id } = await running.register(receiver.url);
		await expect(update(id, { url: "https://[::1]:22/x#y" })).rejects.toMatchObject(refused);
	});

	it("switches an endpoint off and on, on the version that he saw", async () => {
		const { id } = await running.register(receiver.url);
		expect(await update(id, { isActive: false, description: "later" })).toMatchObject({
			disabledReason: "switched_off",
			version: 2,
		});
		const stale = { meta: { expectedVersion: 1 } };
		await expect(
			call(running.broker, webhooks.UpdateWebhookEndpoint, { id, isActive: true }, stale),
		).rejects.toMatchObject({ code: 412 });
		await expect(call(running.broker, webhooks.RemoveWebhookEndpoint, { id }, stale)).rejects.toMatchObject({
			code: 412,
		});
		await expect(call(running.broker, webhooks.TestWebhookEndpoint, { id })).rejects.toMatchObject({
			type: "WEBHOOK_ENDPOINT_DISABLED",
		});
	});

	it("removes an endpoint with all that was to be sent to it", async () => {
		answering(500);
		const { id } = await running.register(receiver.url);
		await running.happen(paymentCaptured());
		const { id: deliveryId } = await running.tried(id, 1);
		await call(running.broker, webhooks.RemoveWebhookEndpoint, { id });
		await running.hasten();

		for (const contract of [webhooks.GetWebhookEndpoint, webhooks.ListWebhookDeliveries, webhooks.RotateWebhookSecret])
			await expect(call(running.broker, contract, { id })).rejects.toMatchObject({
				type: "WEBHOOK_ENDPOINT_NOT_FOUND",
			});
		for (const contract of [webhooks.GetWebhookDelivery, webhooks.RedeliverWebhook])
			await expect(call(running.broker, contract, { id, deliveryId })).rejects.toMatchObject({ code: 404 });
		expect(receiver.heard).toHaveLength(1);
	});

	it("is told what is not there", async () => {
		const { id } = await running.register(receiver.url);
		const unknown = { id, deliveryId: randomUUID() };

		await expect(call(running.broker, webhooks.GetWebhookDelivery, unknown)).rejects.toMatchObject({ code: 404 });
		await expect(call(running.broker, webhooks.RedeliverWebhook, unknown)).rejects.toMatchObject({ code: 404 });
		await expect(update(randomUUID(), {})).rejects.toMatchObject({ code: 404 });
	});
});

describe("a user who is erased", () => {
	it("leaves no address behind; that he is gone is still told to everybody", async () => {
		answering(500, "echo");
		const { id } = await running.register(receiver.url);
		const userId = randomUUID();
		await running.happen(userCreated(userId), userCreated());
		await until(async () => (await running.deliveriesTo(id)).every(({ attempts }) => attempts === 1));

		for (const _ of [1, 2]) await call(running.broker, eraseOf("webhooks"), { userId });
		await running.happen(userDeleted(userId));
		const [{ all } = { all: "" }] = await running.service.db.query(EVERYTHING);
		expect(all).not.toContain(`${userId}@example.com`);
		expect((await running.deliveriesTo(id)).map(({ type }) => type)).toEqual(["user.deleted", "user.created"]);
	});

	it("is not brought back by a fact that comes late", async () => {
		const { id } = await running.register(receiver.url);
		const [userId, otherId] = [randomUUID(), randomUUID()];
		await call(running.broker, eraseOf("webhooks"), { userId });
		await running.happen(userCreated(userId), userCreated(otherId));
		await running.settled(id, { status: "delivered" });

		const [{ all } = { all: "" }] = await running.service.db.query(EVERYTHING);
		expect(all).not.toContain(`${userId}@example.com`);
		expect(receiver.heard.map(({ body }) => (JSON.parse(body) as { data: object }).data)).toEqual([
			expect.objectContaining({ userId: otherId }),
		]);
	});
});

describe("the service", () => {
	it("says that it has its database", async () => {
		expect(await call(running.broker, ping("webhooks"), {})).toEqual({ status: "healthy" });
	});
});

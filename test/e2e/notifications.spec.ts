import { createECDH } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { v7 as uuidv7 } from "uuid";
import type { Person } from "../support/shop.ts";
import { Shop } from "../support/shop.ts";
import { mailsTo } from "../support/mailbox.ts";
import { until } from "../support/wait.ts";

const KEYS = { p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: "a".repeat(22) };
const REFUND = { orderId: "o-1", amount: 4.25, currency: "EUR" };
const SETTLES_WITHIN = { timeoutMs: 20_000, everyMs: 100, what: "the notification to be settled" };

let shop: Shop;
let admin: Person;
let ada: Person;
let eve: Person;
let vera: Person;

beforeAll(async () => {
	shop = await Shop.open({ VAPID_PUBLIC_KEY: "B".repeat(87), VAPID_PRIVATE_KEY: "p".repeat(43) });
	[admin, ada, eve, vera] = await shop.people(["admin", "customer", "customer", "vendor"]);
});
afterAll(() => shop.close());

const ask = (person: Person, method: string, path: string, body?: object, headers = {}) =>
	shop.send(method, path, { token: person.token, headers, ...(body !== undefined && { body }) });
const sendTo = (person: Person, headers = {}) => {
	const body = { userId: person.userId, channel: "email", template: "refund", variables: REFUND };
	return ask(admin, "POST", "/notifications/send", body, headers);
};
const idOf = ({ body }: { body: Readonly<Record<string, unknown>> }) => (body.deliveries as string[])[0]!;

async function settled(id: string) {
	const delivery = async () => (await ask(admin, "GET", `/notifications/deliveries/${id}`)).body;
	return until(async () => {
		const found = await delivery();
		return found.status !== "queued" && found;
	}, SETTLES_WITHIN);
}

describe("a notification", () => {
	it("is accepted, sent, and listed for whom it went to, and for nobody else", async () => {
		const answer = await sendTo(ada);
		expect(answer.status).toBe(202);
		expect(await settled(idOf(answer))).toMatchObject({ status: "sent", userId: ada.userId, channel: "email" });
		const mails = await mailsTo(shop, `${ada.userId}@example.com`, "refund");
		expect(mails.at(-1)?.text).toContain("We have given back 4.25 EUR of your order o-1.");

		const listed = await ask(ada, "GET", `/notifications/${ada.userId}`);
		expect(listed.body).toMatchObject({ total: 1, rows: [{ id: idOf(answer), template: "refund", status: "sent" }] });
		expect((await ask(eve, "GET", `/notifications/${ada.userId}`)).status).toBe(404);
		expect((await ask(ada, "POST", "/notifications/send", {})).status).toBe(403);
	});

	it("is one for each Idempotency-Key", async () => {
		const headers = { "idempotency-key": uuidv7() };
		const [first, second] = [await sendTo(eve, headers), await sendTo(eve, headers)];
		expect([second.text, second.headers.get("idempotency-replayed")]).toEqual([first.text, "true"]);
		await settled(idOf(first));
		expect(await mailsTo(shop, `${eve.userId}@example.com`, "refund")).toHaveLength(1);
	});

	it("of low stock goes to the vendor of a hidden product too", async () => {
		const lamp = { name: "Hidden lamp", sku: "HIDDEN-1", price: 10, stockQuantity: 10 };
		const { body } = await ask(vera, "POST", "/products", { ...lamp, lowStockThreshold: 5, isActive: false });
		const stock = `/inventory/${String(body.id)}`;
		expect((await ask(vera, "PUT", stock, { onHand: 3, reason: "Counted." })).status).toBe(200);
		const mail = await until(async () => (await mailsTo(shop, `${vera.userId}@example.com`, "low-stock"))[0], {
			...SETTLES_WITHIN,
			what: "the vendor's notice",
		});

		expect(mail.subject).toBe("Stock is low: Hidden lamp");
	});

	it("is refused with every variable that is missing or unknown", async () => {
		const body = {
			to: "grace@example.com",
			template: "refund",
			variables: { orderId: "o-1", amount: 1, colour: "red" },
		};
		const { status, body: problem } = await ask(admin, "POST", "/notifications/email", body);
		expect([status, (problem.errors as { path: string }[]).map(({ path }) => path).sort()]).toEqual([
			422,
			["variables.colour", "variables.currency"],
		]);
	});

	it("may be sent by a service whose key has the scope, as an SMS to a number", async () => {
		const key = async (...scopes: string[]) =>
			String((await ask(admin, "POST", "/api-keys", { name: "billing", scopes })).body.key);
		const text = async (apiKey: string) =>
			shop.send("POST", "/notifications/sms", {
				headers: { "x-api-key": apiKey },
				body: { phone: "+4915112345678", template: "refund", variables: REFUND },
			});
		const accepted = await text(await key("notifications:send"));
		expect(accepted.status).toBe(202);
		expect(await settled(idOf(accepted))).toMatchObject({ status: "sent", userId: null, provider: "folder" });
		expect((await text(await key("services:read"))).status).toBe(403);
	});
});

describe("preferences", () => {
	const path = () => `/notifications/${ada.userId}/preferences`;

	it("are changed by their owner, who names what he has seen", async () => {
		const before = await ask(ada, "GET", path());
		const wanted = { topics: { news: { email: false } }, quietHours: { from: "22:00", to: "07:00" } };
		const etag = before.headers.get("etag")!;
		const changed = await ask(ada, "PUT", path(), wanted, { "if-match": etag });
		expect(changed.body).toMatchObject({
			topics: { news: { email: false, sms: true } },
			quietHours: wanted.quietHours,
		});
		expect((await ask(ada, "PUT", path(), wanted, { "if-match": etag })).status).toBe(412);
		expect((await ask(eve, "PUT", path(), wanted)).status).toBe(404);
	});

	it("leave the mails about orders on", async () => {
		const { status, body } = await ask(ada, "PUT", path(), { topics: { orders: { email: false } } });
		expect([status, body.errors]).toEqual([422, [expect.objectContaining({ path: "topics.orders.email" })]]);
	});
});

describe("a browser", () => {
	it("is subscribed with the shop's key, at an address that is not of its network", async () => {
		expect((await shop.send("GET", "/notifications/push-key")).body).toEqual({ publicKey: "B".repeat(87) });
		const path = `/notifications/${ada.userId}/push-subscriptions`;
		const subscribe = (endpoint: string) => ask(ada, "POST", path, { endpoint, expirationTime: null, keys: KEYS });
		const made = await subscribe("https://push.example/abc");
		expect(made.status).toBe(201);
		const location = made.headers.get("location")!;
		expect((await ask(ada, "GET", location)).body).toEqual(made.body);
		expect((await ask(eve, "GET", location)).status).toBe(404);
		expect((await subscribe("https://10.0.0.1/abc")).status).toBe(422);

		expect((await ask(ada, "DELETE", `${path}/${String(made.body.id)}`)).status).toBe(204);
		expect((await ask(ada, "GET", path)).body).toMatchObject({ rows: [], total: 0 });
	});
});

describe("templates", () => {
	it("are read, written and tried by administrators", async () => {
		expect((await ask(ada, "GET", "/notifications/templates")).status).toBe(403);
		const { body } = await ask(admin, "GET", "/notifications/templates?pageSize=100");
		expect((body.rows as { name: string }[]).map(({ name }) => name)).toContain("order-confirmed");

		const path = "/notifications/templates/summer-sale";
		const version = { locale: "de", subject: "Sommer", text: "Hallo {{firstName}}, {{percent}} %" };
		const made = await ask(admin, "POST", `${path}/versions`, version);
		expect([made.status, made.body.version]).toEqual([201, 1]);
		expect((await ask(admin, "GET", made.headers.get("location")!)).body).toEqual(made.body);
		const shown = await ask(admin, "POST", `${path}/preview`, { locale: "de-AT", variables: { percent: 20 } });
		expect(shown.body).toMatchObject({ locale: "de", text: "Hallo Ada, 20 %\n" });
		const tried = await ask(admin, "POST", `${path}/test`, {
			to: "editor@example.com",
			locale: "de",
			variables: { percent: 20 },
		});
		await settled(idOf(tried));
		expect((await mailsTo(shop, "editor@example.com", "summer-sale"))[0]?.subject).toBe("[Test] Sommer");
	});
});

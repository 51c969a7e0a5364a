import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { signatureOf } from "../../services/webhooks/signing/signature.ts";
import { freshCertificates } from "../support/certificates.ts";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

/** On a laptop a receiver of the own machine is open over http; in a cluster its origin must be allowed, and is https. */
const isCluster = (globalThis as { stoaShape?: string }).stoaShape === "cluster";

interface Heard {
	readonly path: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
}

interface Delivery {
	readonly id: string;
	readonly type: string;
	readonly status: string;
	readonly attempts: number;
	readonly eventId: string;
}

const heard: Heard[] = [];
let server: Server;
let origin: string;
let shop: Shop;
let admin: Person;
let customer: Person;
const made: string[] = [];

/** Answers with the status that its path names. */
async function receive(request: IncomingMessage, response: ServerResponse) {
	const body = Buffer.concat(await request.toArray()).toString();
	heard.push({ path: request.url ?? "", headers: request.headers, body });
	response.writeHead(Number(/\/(\d+)$/.exec(request.url ?? "")?.[1] ?? 200)).end("heard");
}

beforeAll(async () => {
	const { ca, certificate, key } = await freshCertificates();
	const identity = { cert: readFileSync(certificate), key: readFileSync(key) };
	const listener = (request: IncomingMessage, response: ServerResponse) => void receive(request, response);
	server = isCluster ? createSecureServer(identity, listener) : createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	origin = `${isCluster ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
	shop = await Shop.open(isCluster ? { NODE_EXTRA_CA_CERTS: ca, OUTBOUND_ALLOWED_ORIGINS: origin } : {});
	[admin, customer] = await shop.people(["admin", "customer"]);
});
afterAll(async () => {
	await shop.close();
	server.closeAllConnections();
	server.close();
});
afterEach(async () => {
	for (const id of made.splice(0)) await asAdmin("DELETE", `/webhook-endpoints/${id}`);
	heard.length = 0;
});

const asAdmin = (method: string, path: string, body?: object, headers = {}) =>
	shop.send(method, path, { token: admin.token, headers, ...(body && { body }) });

async function register(path: string, events: string[]) {
	const answer = await asAdmin("POST", "/webhook-endpoints", { url: `${origin}${path}`, events });
	expect([answer.status, answer.text]).toEqual([201, expect.stringContaining("whsec_")]);
	made.push(String(answer.body.id));
	return { id: String(answer.body.id), secret: String(answer.body.secret), location: answer.headers.get("location") };
}

async function deliveries(id: string): Promise<Delivery[]> {
	return (await asAdmin("GET", `/webhook-endpoints/${id}/deliveries`)).body.rows as Delivery[];
}

async function order() {
	const product = { name: "Lamp", sku: `LAMP-${Math.random()}`, price: 19.99, stockQuantity: 10 };
	const { body } = await asAdmin("POST", "/products", product);
	const items = [{ productId: body.id, quantity: 1 }];
	const wanted = { items, shippingAddress: "1 Main Street", paymentMethod: "pm_card_visa" };
	return (await shop.send("POST", "/orders", { token: customer.token, body: wanted })).body;
}

function signatureIsOf({ headers, body }: Heard, ...secrets: string[]): boolean {
	const given = String(headers["stoa-signature"]);
	return given === signatureOf(body, secrets, new Date(Number(/t=(\d+)/.exec(given)?.[1]) * 1_000));
}

describe("a third party", () => {
	it("is told of an order and its payment, signed, each once", async () => {
		const { id, secret } = await register("/erp", ["order.created", "payment.captured"]);
		const placed = await order();
		await until(async () => (await deliveries(id)).filter(({ status }) => status === "delivered").length === 2);

		const bodies = heard.map(({ body }) => JSON.parse(body) as { type: string; data: { orderId: string } });
		expect(bodies.map(({ type }) => type).sort()).toEqual(["order.created", "payment.captured"]);
		expect(bodies.map(({ data }) => data.orderId)).toEqual([placed.id, placed.id]);
		expect(heard.every((each) => signatureIsOf(each, secret))).toBe(true);
	});

	it("that answers with an error is tried again later; what was tried is in the log", async () => {
		const { id } = await register("/answers/503", ["payment.failed"]);
		await asAdmin("POST", `/webhook-endpoints/${id}/test`, {});
		const log = await until(async () => {
			const [delivery] = await deliveries(id);
			const { body } = await asAdmin("GET", `/webhook-endpoints/${id}/deliveries/${delivery?.id}`);
			return (body.log as unknown[]).length > 0 && body;
		});

		expect(log).toMatchObject({
			...{ status: "pending", attempts: 1, payload: { type: "ping" } },
			log: [{ number: 1, statusCode: 503, error: null, responseExcerpt: "heard" }],
		});
		expect((await asAdmin("GET", `/webhook-endpoints/${id}`)).body.failingSince).not.toBeNull();
	});

	it("that says it is gone is left in peace until an administrator brings it back", async () => {
		const { id } = await register("/answers/410", ["*"]);
		await asAdmin("POST", `/webhook-endpoints/${id}/test`, {});
		const gone = () => asAdmin("GET", `/webhook-endpoints/${id}`);
		await until(async () => (await gone()).body.disabledReason === "gone");
		expect((await asAdmin("POST", `/webhook-endpoints/${id}/test`, {})).status).toBe(409);

		const back = { isActive: true, url: `${origin}/back` };
		expect((await asAdmin("PUT", `/webhook-endpoints/${id}`, back)).body).toMatchObject({ isActive: true });
		const [delivery] = await deliveries(id);
		const again = await asAdmin("POST", `/webhook-endpoints/${id}/deliveries/${delivery?.id}/redeliver`, {});
		expect([again.status, again.body.status]).toEqual([202, "pending"]);
		const isIt = ({ path, headers }: (typeof heard)[number]) =>
			path === "/back" && headers["stoa-event-id"] === delivery?.eventId;
		await until(() => heard.some(isIt), { what: "the delivery to come again" });
	});

	it("may believe both secrets while one is replaced", async () => {
		const { id, secret } = await register("/rotating", ["payment.failed"]);
		const rotated = await asAdmin("POST", `/webhook-endpoints/${id}/rotate-secret`, {});
		await asAdmin("POST", `/webhook-endpoints/${id}/test`, {});
		await until(() => heard.length > 0);

		expect(rotated.body.secret).not.toBe(secret);
		expect(heard.every((each) => signatureIsOf(each, String(rotated.body.secret), secret))).toBe(true);
	});
});

describe("an endpoint", () => {
	it("is found where it was made, changed on the version that was read, and gone when it is removed", async () => {
		const { id, location } = await register("/", ["user.created"]);
		expect(location).toBe(`/webhook-endpoints/${id}`);
		const found = await asAdmin("GET", `/webhook-endpoints/${id}`);
		const etag = String(found.headers.get("etag"));
		expect([found.status, found.text]).toEqual([200, expect.not.stringContaining("secret")]);

		const change = { description: "ERP" };
		expect((await asAdmin("PUT", `/webhook-endpoints/${id}`, change, { "if-match": etag })).status).toBe(200);
		expect((await asAdmin("PUT", `/webhook-endpoints/${id}`, change, { "if-match": etag })).status).toBe(412);
		expect((await asAdmin("DELETE", `/webhook-endpoints/${id}`)).status).toBe(204);
		expect((await asAdmin("GET", `/webhook-endpoints/${id}`)).status).toBe(404);
		expect((await asAdmin("GET", `/webhook-endpoints/${id}/deliveries`)).status).toBe(404);
	});

	it.each([
		...["https://10.0.0.1/", "https://169.254.169.254/", "https://[::ffff:10.0.0.1]/", "https://2852039166/"],
		...["http://shop.example/", "https://a:b@shop.example/", "https://shop.example:22/", "ftp://shop.example/"],
	])("may not be %s", async (url) => {
		const answer = await asAdmin("POST", "/webhook-endpoints", { url, events: ["*"] });

		expect([answer.status, answer.body.errors]).toEqual([422, [{ path: "url", message: expect.any(String) }]]);
	});

	it("is no business of anybody but administrators", async () => {
		const { id } = await register("/", ["*"]);
		const paths = ["", `/${id}`, `/${id}/deliveries`].map((path) => `/webhook-endpoints${path}`);
		for (const path of paths) {
			expect((await shop.send("GET", path)).status).toBe(401);
			expect((await shop.send("GET", path, { token: customer.token })).status).toBe(403);
		}
	});
});

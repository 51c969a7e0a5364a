import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import { STORED } from "../../bin/services.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

interface Document {
	readonly components: { readonly messages: Readonly<Record<string, { readonly payload: object }>> };
}

interface Sent {
	readonly name: string;
	readonly body: unknown;
}

/** What happens below leads to each of these, at least. */
const EXPECTED = [
	...["email.notifications", "notification.sent", "order.cancelled", "order.created", "order.updated"],
	...["payment.captured", "payment.failed", "payment.refunded", "product.created", "product.low_stock"],
	...["product.updated", "user.created", "user.deleted", "user.registration", "user.updated"],
];

let shop: Shop;
let document: Document;
let sent: Sent[];

beforeAll(async () => {
	shop = await Shop.open();
	await live();
	const answer = await shop.send("GET", "/asyncapi.json");
	document = answer.body as unknown as Document;
	sent = await until(
		async () => {
			const rows = await allSent();
			return EXPECTED.every((name) => rows.some((row) => row.name === name)) && rows;
		},
		{ timeoutMs: 60_000, everyMs: 500, what: "every expected event" },
	);
});
afterAll(() => shop.close());

async function allSent(): Promise<Sent[]> {
	const rows = STORED.map((service) => shop.sql<Sent>(service, "select name, body from outbox"));
	return (await Promise.all(rows)).flat();
}

/** A customer comes, buys, is declined, changes his mind and leaves; another asks for an account. */
async function live(): Promise<void> {
	const [{ token: admin }] = await shop.people(["admin"]);
	const send = async (method: string, path: string, token: string | undefined, body?: object) => {
		const answer = await shop.send(method, path, { token, ...(body && { body }) });
		if (answer.status >= 400 && answer.status !== 402) throw new Error(`${method} ${path}: ${answer.text}`);
		return answer.body;
	};
	const account = { email: "ada@example.com", password: "correct horse battery", firstName: "Ada" };
	const { user, access_token: token } = (await send("POST", "/auth/register", undefined, account)) as {
		user: { id: string };
		access_token: string;
	};
	await send("PUT", `/users/${user.id}`, token, { phone: "+49301234567" });
	const lamp = { name: "Lamp", sku: "LAMP-1", price: 19.99, stockQuantity: 10, lowStockThreshold: 8 };
	const { id: productId } = await send("POST", "/products", admin, lamp);
	await send("PUT", `/products/${String(productId)}`, admin, { price: 20.5 });

	const basket = { items: [{ productId, quantity: 1 }], shippingAddress: "1 Main Street" };
	await send("POST", "/orders", token, { ...basket, paymentMethod: "pm_card_chargeDeclined" });
	const [kept, cancelled] = await Promise.all(
		[2, 3].map((quantity) =>
			send("POST", "/orders", token, { ...basket, items: [{ productId, quantity }], paymentMethod: "pm_card_visa" }),
		),
	);
	await send("PUT", `/orders/${String(kept?.id)}/status`, admin, { status: "processing" });
	await send("POST", `/orders/${String(cancelled?.id)}/cancel`, token, { reason: "too late" });
	await send("POST", "/registrations", undefined, { name: "Grace", surname: "Hopper", email: "grace@example.com" });
	await send("DELETE", `/users/${user.id}`, token);
}

/** The same schema, refusing every field that it does not name: the document must not be behind. */
function closed(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(closed);
	if (schema === null || typeof schema !== "object") return schema;
	const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
	return "properties" in copy && !("additionalProperties" in copy) ? { ...copy, additionalProperties: false } : copy;
}

const validators = new Map<string, ValidateFunction>();

function faultsOf({ name, body }: Sent): string[] {
	const payload = document.components.messages[name]?.payload;
	if (payload === undefined) return [`${name} is not in the document`];
	const validate =
		validators.get(name) ?? new Ajv({ strict: false, validateFormats: false }).compile(closed(payload) as object);
	validators.set(name, validate);
	if (validate(body)) return [];
	return (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${String(message)}`);
}

describe("/asyncapi.json", () => {
	it("is open, and says what a reader must know", async () => {
		const { status, headers, body } = await shop.send("GET", "/asyncapi.json");

		expect([status, headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
		expect(body).toMatchObject({ asyncapi: "3.0.0", info: { title: "Stoa" } });
	});

	it("describes every event that is really sent, to the last field", () => {
		expect(sent.length).toBeGreaterThan(EXPECTED.length);
		expect([...new Set(sent.flatMap(faultsOf))]).toEqual([]);
	});

	it("would be found out where it were behind what is sent", () => {
		const created = sent.find(({ name }) => name === "user.created");
		const fields = created?.body as Record<string, unknown>;

		expect(faultsOf({ name: "user.created", body: { ...fields, hash: "x" } })).toHaveLength(1);
		expect(faultsOf({ name: "user.created", body: { ...fields, role: undefined, email: 1 } })).not.toEqual([]);
		expect(faultsOf({ name: "user.forgotten", body: {} })).toEqual(["user.forgotten is not in the document"]);
	});

	it("names who reads what", async () => {
		const { operations } = (await shop.send("GET", "/asyncapi.json")).body as {
			operations: Record<string, { action: string; channel: { $ref: string } }>;
		};

		expect(operations["webhooks.fanOut.order.created"]).toMatchObject({
			action: "receive",
			channel: { $ref: "#/channels/order.created" },
		});
		expect(operations["orders.send.order.created"]).toMatchObject({ action: "send" });
	});
});

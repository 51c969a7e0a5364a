import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Answer, RequestOptions } from "../../bin/tour/shop-client.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

const BUYERS = 1_000;
const STOCK = 10;

let shop: Shop;
let productId: string;
const orderIds: string[] = [];

beforeAll(async () => {
	shop = await Shop.open();
	const product = { name: "The last ten", sku: "LAST-10", price: 19.99, stockQuantity: STOCK };
	const created = await shop.send("POST", "/products", { token: await shop.adminToken(), body: product });
	productId = String(created.body.id);

	const buyers = await shop.customers(BUYERS);
	const body = {
		items: [{ productId, quantity: 1 }],
		shippingAddress: "1 Queue Street",
		paymentMethod: "pm_card_visa",
	};
	const answers = await Promise.all(buyers.map(({ token }) => bought({ token, body })));
	for (const {
		status,
		body: { id, orderId },
	} of answers) {
		expect([201, 202, 409]).toContain(status);
		orderIds.push(String(id ?? orderId));
	}
	await settled();
});

afterAll(() => shop.close());

/** A shop that is too busy says so: then the same request is sent again with its key, as the refusal asks for. */
const bought = (options: RequestOptions): Promise<Answer> =>
	until(
		async () => {
			const answer = await shop.send("POST", "/orders", { ...options, headers: { "idempotency-key": "the-last-ten" } });
			const isDefinite = answer.status !== 503 && answer.body.code !== "IDEMPOTENCY_KEY_IN_USE";
			return isDefinite && answer;
		},
		{ timeoutMs: 60_000, everyMs: 500, what: "an answer to an order" },
	);

async function settled(): Promise<void> {
	const open = "select count(*)::int as open from sagas where state <> 'done'";
	await until(async () => (await shop.sql<{ open: number }>("orders", open))[0]?.open === 0, {
		timeoutMs: 60_000,
		everyMs: 250,
		what: "every checkout to end",
	});
}

it("names an order in every answer", () => {
	expect(new Set(orderIds).size).toBe(BUYERS);
});

it("confirms exactly as many orders as there were units", async () => {
	const rows = await shop.sql(
		"orders",
		"select status, count(*)::int as orders from orders group by status order by status",
	);
	expect(rows).toEqual([
		{ status: "confirmed", orders: STOCK },
		{ status: "rejected", orders: BUYERS - STOCK },
	]);
});

it("leaves no payment held or taken for the others", async () => {
	const rows = await shop.sql<{ order_id: string }>(
		"payments",
		"select order_id from payments where status not in ('voided', 'failed')",
	);
	const confirmed = await shop.sql<{ id: string }>("orders", "select id from orders where status = 'confirmed'");
	expect(rows.map(({ order_id }) => order_id).sort()).toEqual(confirmed.map(({ id }) => id).sort());
});

it("sells every unit once: initial = available + reserved + sold, and nothing is negative", async () => {
	const token = await shop.adminToken();
	const { body } = await shop.send("GET", `/inventory/${productId}`, { token });
	expect(body).toMatchObject({ onHand: 0, reserved: 0, available: 0, sold: STOCK });
});

it("keeps the ledger equal to the orders", async () => {
	const [{ cents } = { cents: 0 }] = await shop.sql<{ cents: number }>(
		"payments",
		"select coalesce(sum(amount_cents), 0)::int as cents from transfers",
	);
	expect(cents).toBe(STOCK * 1999);
});

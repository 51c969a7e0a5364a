import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { v7 as uuidv7 } from "uuid";
import type { Answer } from "../../bin/tour/shop-client.ts";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

/**
 * What users of other shops write in their issue trackers, put to this one. Pains that need a part alone (a broker
 * that repeats, a worker that wedges, a million rows) have their test beside that part, under the same words.
 */
let shop: Shop;
let admin: Person;

beforeAll(async () => {
	shop = await Shop.open();
	[admin] = await shop.people(["admin"]);
});
afterAll(() => shop.close());

async function productWith(stockQuantity: number): Promise<string> {
	const body = { name: "Lamp", sku: uuidv7(), price: 12.5, stockQuantity };
	return String((await shop.send("POST", "/products", { token: admin.token, body })).body.id);
}

interface Line {
	readonly productId: string;
	readonly quantity: number;
}

const GOOD = "pm_card_visa";
const DECLINED = "pm_card_chargeDeclined";

const order = ({ token }: Person, items: readonly Line[], paymentMethod?: string): Promise<Answer> => {
	const body = { items, shippingAddress: "1 Main Street", ...(paymentMethod !== undefined && { paymentMethod }) };
	return shop.send("POST", "/orders", { token, body, headers: { "idempotency-key": uuidv7() } });
};

interface Stock {
	readonly onHand: number;
	readonly reserved: number;
	readonly available: number;
	readonly sold: number;
}

async function stockOf(productId: string): Promise<Stock> {
	const { body } = await shop.send("GET", `/inventory/${productId}`, { token: admin.token });
	const { onHand, reserved, available, sold } = body as unknown as Stock;
	return { onHand, reserved, available, sold };
}

const count = (answers: readonly Answer[], status: number) =>
	answers.filter((answer) => answer.status === status).length;

describe("pain 3, oversell:", () => {
	it("sells ten units to ten of sixty buyers who come at once, and tells the others why", async () => {
		const productId = await productWith(10);
		const buyers = await shop.customers(60);
		const answers = await Promise.all(buyers.map((buyer) => order(buyer, [{ productId, quantity: 1 }], GOOD)));

		expect([count(answers, 201), count(answers, 409)]).toEqual([10, 50]);
		const refusals = answers.filter(({ status }) => status === 409).map(({ body }) => body.code);
		expect(new Set(refusals)).toEqual(new Set(["OUT_OF_STOCK"]));
		expect(await stockOf(productId)).toEqual({ onHand: 0, reserved: 0, available: 0, sold: 10 });
	});

	it("counts two lines of the same product together", async () => {
		const productId = await productWith(3);
		const [buyer] = await shop.customers(1);
		const both = [
			{ productId, quantity: 2 },
			{ productId, quantity: 2 },
		];

		expect((await order(buyer!, both, GOOD)).body.code).toBe("OUT_OF_STOCK");
		expect(await stockOf(productId)).toMatchObject({ onHand: 3, sold: 0 });
	});
});

describe("pain 4, stock counters drift:", () => {
	it("has the counters that its journal adds up to, after orders, refusals, cancellations and corrections", async () => {
		const productId = await productWith(40);
		const buyers = await shop.customers(12);
		const answers = await Promise.all(
			buyers.map((buyer, index) => order(buyer, [{ productId, quantity: (index % 5) + 1 }], GOOD)),
		);
		const placed = answers.filter(({ status }) => status === 201).map(({ body }) => body);
		const cancelled = await Promise.all(
			placed
				.slice(0, 4)
				.map(({ id }) => shop.send("POST", `/orders/${String(id)}/cancel`, { token: admin.token, body: {} })),
		);
		expect(cancelled.map(({ status }) => status)).toEqual(cancelled.map(() => 200));
		await shop.send("PUT", `/inventory/${productId}`, { token: admin.token, body: { adjust: 5, reason: "found" } });

		await until(async () => (await stockOf(productId)).reserved === 0, { what: "the stock to rest" });
		const stock = await stockOf(productId);
		const journal = await journalOf(productId);
		expect(stock).toMatchObject({ sold: journal.sold, onHand: 45 + journal.restocked - journal.sold });
	});

	/** What the movements add up to. */
	async function journalOf(productId: string) {
		const { body } = await shop.send("GET", `/inventory/${productId}/movements?limit=100`, { token: admin.token });
		const rows = body.rows as { kind: string; quantity: number }[];
		const sum = (kind: string) => rows.reduce((total, row) => total + (row.kind === kind ? row.quantity : 0), 0);
		expect(sum("initial") + sum("adjusted")).toBe(45);
		return { sold: sum("sold"), restocked: sum("restocked") };
	}
});

describe("pain 5, a failed payment leaves a pending order and its stock:", () => {
	it("rejects the order, says so, and gives the stock back", async () => {
		const productId = await productWith(2);
		const [buyer] = await shop.customers(1);
		const { status, body } = await order(buyer!, [{ productId, quantity: 2 }], DECLINED);
		expect([status, body.code]).toEqual([402, "PAYMENT_DECLINED"]);

		const rejected = await shop.send("GET", `/orders/${String(body.orderId)}`, { token: buyer!.token });
		expect(rejected.body).toMatchObject({ status: "rejected", paymentStatus: "failed" });
		expect(await stockOf(productId)).toMatchObject({ available: 2, reserved: 0, sold: 0 });
	});
});

describe("pain 6, a failed checkout cannot be retried:", () => {
	it("takes another card for the same pending order", async () => {
		const productId = await productWith(2);
		const [buyer] = await shop.customers(1);
		const { id: orderId } = (await order(buyer!, [{ productId, quantity: 1 }])).body;
		const pay = (paymentMethod: string) =>
			shop.send("POST", "/payments/process", { token: buyer!.token, body: { orderId, paymentMethod } });

		expect((await pay(DECLINED)).status).toBe(402);
		expect((await pay(GOOD)).status).toBe(201);
		expect(await stockOf(productId)).toMatchObject({ available: 1, sold: 1 });
	});

	it("takes the same basket again, with the stock that the first try had held", async () => {
		const productId = await productWith(1);
		const [buyer] = await shop.customers(1);

		expect((await order(buyer!, [{ productId, quantity: 1 }], DECLINED)).status).toBe(402);
		expect((await order(buyer!, [{ productId, quantity: 1 }], GOOD)).status).toBe(201);
	});
});

describe("pain 7, concurrent edits are lost:", () => {
	it("keeps all of twenty edits of different fields and different people, or says which came too late", async () => {
		const productId = await productWith(1);
		const path = `/products/${productId}`;
		const images = (index: number) => [`https://img.example/${index}.png`];
		const edits = [{ name: "Desk lamp" }, { description: "Bends." }, { price: 13.5 }, { images: images(1) }];
		const edit = (body: object) => shop.send("PUT", path, { token: admin.token, body });
		expect((await Promise.all(edits.map(edit))).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
		expect((await shop.send("GET", path)).body).toMatchObject(Object.assign({}, ...edits) as object);

		const etag = (await shop.send("GET", path)).headers.get("etag") ?? "";
		const rename = (index: number) =>
			shop.send("PUT", path, { token: admin.token, body: { name: `Lamp ${index}` }, headers: { "if-match": etag } });
		const answers = await Promise.all(Array.from({ length: 16 }, (_, index) => rename(index)));

		expect([count(answers, 200), count(answers, 412)]).toEqual([1, 15]);
		const won = answers.find(({ status }) => status === 200)?.body.name;
		expect((await shop.send("GET", path)).body.name).toBe(won);
	});
});

describe("pain 8, events are lost or pile up:", () => {
	it("leaves no fact in an outbox, and has each take effect once with every reader", async () => {
		const productId = await productWith(20);
		const buyers = await shop.customers(10);
		const answers = await Promise.all(buyers.map((buyer) => order(buyer, [{ productId, quantity: 1 }], GOOD)));
		expect(count(answers, 201)).toBe(10);
		const orderIds = answers.map(({ body }) => String(body.id));

		const waiting = "select count(*)::int as facts from outbox where published_at is null";
		const left = async () => {
			const services = ["users", "products", "orders", "payments"];
			const rows = await Promise.all(services.map((service) => shop.sql<{ facts: number }>(service, waiting)));
			return rows.flat().reduce((sum, { facts }) => sum + facts, 0);
		};
		await until(async () => (await left()) === 0, { what: "the outboxes to empty", timeoutMs: 15_000 });

		const facts = await shop.sql<{ id: string }>(
			"orders",
			"select message_id as id from outbox where name = 'order.created' and aggregate_id = any($1)",
			[orderIds],
		);
		expect(facts).toHaveLength(10);
		const handled = async () => {
			const rows = await shop.sql<{ times: number }>(
				"notifications",
				"select count(*)::int as times from inbox where message_id = any($1::uuid[]) and processed_at is not null group by consumer",
				[facts.map(({ id }) => id)],
			);
			return rows.map(({ times }) => times);
		};
		await until(async () => (await handled()).every((times) => times === 10) && (await handled()).length > 0, {
			what: "the confirmations",
			timeoutMs: 15_000,
		});
	});
});

describe("pain 14, a success is told though everything was undone:", () => {
	it("tells nothing of an order that is rejected, and of one that succeeds after its stock and money are in", async () => {
		const productId = await productWith(5);
		const [buyer] = await shop.customers(1);
		const rejected = await order(buyer!, [{ productId, quantity: 1 }], DECLINED);
		const confirmed = await order(buyer!, [{ productId, quantity: 1 }], GOOD);
		const toldOf = async (orderId: unknown) => {
			const text = "select name from outbox where aggregate_id = $1 order by id";
			return (await shop.sql<{ name: string }>("orders", text, [orderId])).map(({ name }) => name);
		};

		expect(await toldOf(rejected.body.orderId)).toEqual([]);
		expect(await toldOf(confirmed.body.id)).toEqual(["order.created"]);
	});
});

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { v7 as uuidv7 } from "uuid";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

const BUYERS = 60;
const SETTLE_MS = 6_000;
const PRICE = 19.99;

interface Report {
	readonly isClean: boolean;
	readonly findings: readonly { service: string; kind: string; subject: string }[];
	readonly services: readonly { name: string; checked: number; unchecked: readonly unknown[] }[];
	readonly unreachable: readonly string[];
}

let shop: Shop;
let admin: Person;
let buyers: Person[];
let productId: string;

beforeAll(async () => {
	shop = await Shop.open({ INTEGRITY_EVERY_MS: "500", INTEGRITY_SETTLE_MS: String(SETTLE_MS) });
	[admin] = await shop.people(["admin"]);
	buyers = await shop.customers(BUYERS);
	const product = { name: "Lamp", sku: "LAMP-1", price: PRICE, stockQuantity: 1_000_000 };
	productId = String((await shop.send("POST", "/products", { token: admin.token, body: product })).body.id);
});
afterAll(() => shop.close());

const asAdmin = (method: string, path: string, body?: object) =>
	shop.send(method, path, { token: admin.token, ...(body && { body }) });
const audit = async () => (await asAdmin("GET", "/operations/integrity")).body as unknown as Report;

async function place({ token }: Person, paymentMethod = "pm_card_visa") {
	const items = [{ productId, quantity: 1 }];
	const body = { items, shippingAddress: "1 Main Street", ...(paymentMethod && { paymentMethod }) };
	return (await shop.send("POST", "/orders", { token, body })).body;
}

/** What a customer may do, all of it at once: buy, be declined, hold without paying, cancel, pay later. */
async function trade(person: Person, turn: number): Promise<void> {
	const { token } = person;
	const order = await place(person, ["", "pm_card_visa", "pm_card_chargeDeclined", "pm_card_visa"][turn % 4]);
	if (turn % 8 === 0) {
		const body = { orderId: order.id, paymentMethod: "pm_card_visa" };
		await shop.send("POST", "/payments/process", { token, body });
	}
	if (turn % 4 === 1) await shop.send("POST", `/orders/${String(order.id)}/cancel`, { token, body: {} });
	if (turn % 8 === 3) {
		const body = { paymentId: order.paymentId, amount: 5, reason: "scratched" };
		await asAdmin("POST", "/payments/refund", body);
	}
}

describe("a shop in which all is well", () => {
	it("has no finding at any time while orders are placed, declined, cancelled, refunded and held", async () => {
		const reports: Report[] = [];
		const endMs = Date.now() + 3 * SETTLE_MS;
		const isOver = () => Date.now() > endMs && reports.length > 5;
		const watching = (async () => {
			while (!isOver()) reports.push(await audit());
		})();
		await Promise.all(
			buyers.map(async (buyer, index) => {
				for (let turn = index; !isOver(); turn++) await trade(buyer, turn);
			}),
		);
		await watching;

		expect(reports.flatMap(({ findings }) => findings)).toEqual([]);
		expect(reports.flatMap(({ services }) => services.flatMap(({ unchecked }) => unchecked))).toEqual([]);
	});

	it("has looked at everything once it is at rest, and found it in order", async () => {
		const report = await until(
			async () => {
				const latest = await audit();
				return latest.isClean && latest;
			},
			{ timeoutMs: 30_000, everyMs: 500, what: "a clean report" },
		);

		const orders = await shop.sql<{ count: number }>("orders", "select count(*)::int from orders");
		expect(orders[0]?.count).toBeGreaterThan(BUYERS);
		expect(report.services.map(({ name }) => name)).toEqual([
			"notifications",
			"orders",
			"payments",
			"products",
			"users",
			"webhooks",
		]);
		expect(report.services.find(({ name }) => name === "orders")?.checked).toBeGreaterThan(orders[0]!.count);
	});
});

describe("a shop in which somebody corrupts the databases", () => {
	const foundKinds = async (subject: string) =>
		until(
			async () => {
				const kinds = (await audit()).findings.filter((finding) => finding.subject === subject).map(({ kind }) => kind);
				return kinds.length > 0 && kinds;
			},
			{ timeoutMs: 20_000, everyMs: 200, what: `a finding about ${subject}` },
		);

	it("is told of an order that was paid by nobody, and of one that ended with the money", async () => {
		const [paid, ended] = [await place(buyers[0]!), await place(buyers[1]!)];
		await shop.sql(
			"payments",
			"update payments set status = 'voided', updated_at = now() - interval '1 h' where order_id = $1",
			[paid.id],
		);
		expect(await foundKinds(`order ${String(paid.id)}`)).toEqual(["capture-mismatch"]);

		const forged = `insert into order_events select order_id, version + 1, 'cancelled', '{"reason": "forged"}', now()
			from order_events where order_id = $1 order by version desc limit 1`;
		await shop.sql("orders", forged, [ended.id]);
		await shop.sql(
			"orders",
			`update orders set status = 'cancelled', version = version + 1, updated_at =
				(select max(occurred_at) from order_events where order_id = id) where id = $1`,
			[ended.id],
		);
		expect(await foundKinds(`order ${String(ended.id)}`)).toEqual(["capture-mismatch", "reservation-mismatch"]);
	});

	it("is told of payments and reservations whose order is gone", async () => {
		const order = await place(buyers[2]!);
		const id = String(order.id);
		for (const [table, column] of [
			["sagas", "subject_id"],
			["order_addresses", "order_id"],
			["order_items", "order_id"],
			["order_events", "order_id"],
			["orders", "id"],
		]) {
			await shop.sql("orders", `delete from ${table} where ${column} = $1`, [id]);
		}

		expect(await foundKinds(`payment ${String(order.paymentId)}`)).toEqual(["payment-orphan"]);
		expect(await foundKinds(`reservation ${id}`)).toEqual(["reservation-orphan"]);
	});

	it("is told of stock that nobody moved, by any of its services", async () => {
		await shop.sql(
			"products",
			"update inventory set available = available - 1, sold = sold + 1 where product_id = $1",
			[productId],
		);

		expect(await foundKinds(`product ${productId}`)).toEqual(["stock-mismatch"]);
	});
});

describe("an operator", () => {
	it("has a dead letter handled once more", async () => {
		const [messageId, userId] = [uuidv7(), buyers[3]!.userId];
		const message = {
			...{ id: messageId, name: "user.created", version: 1, aggregateType: "user", aggregateId: userId, sequence: 1 },
			...{ correlationId: null, causationId: null },
			data: { userId, email: `${userId}@example.com`, role: "customer", timestamp: "2026-01-02T03:04:05.000Z" },
		};
		await shop.sql(
			"notifications",
			"insert into inbox (consumer, message_id, message, attempts, last_error, dead_at) values ($1, $2, $3, 5, 'no mail', now())",
			["notifications.greetUser", messageId, JSON.stringify(message)],
		);
		const { body } = await asAdmin("GET", "/operations/dead-letters");
		const letter = (body.rows as { id: string; messageId: string }[]).find((each) => each.messageId === messageId);
		expect(letter).toMatchObject({ service: "notifications", event: "user.created", error: "no mail", attempts: 5 });

		expect((await asAdmin("POST", `/operations/dead-letters/${letter?.id}/replay`, {})).status).toBe(202);
		await until(
			async () =>
				(await shop.sql("notifications", "select 1 from notification_logs where user_id = $1", [userId])).length,
		);
		expect((await asAdmin("DELETE", `/operations/dead-letters/${letter?.id}`)).status).toBe(404);
	});

	it("sees what a saga waits for, and may make it due", async () => {
		const order = await place(buyers[4]!, "");
		const { body } = await asAdmin("GET", "/operations/sagas?limit=100");
		const saga = (body.rows as { id: string; subjectId: string }[]).find(({ subjectId }) => subjectId === order.id);
		expect(saga).toMatchObject({ service: "orders", type: "hold", state: "running", needsAttention: false });

		const retried = await asAdmin("POST", `/operations/sagas/${saga?.id}/retry`, {});
		expect([retried.status, retried.body.id]).toEqual([202, saga?.id]);
		expect(retried.body.timeline).toContainEqual(expect.objectContaining({ event: "retried" }));
	});
});

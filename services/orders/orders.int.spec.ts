import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { statement } from "../../mixins/sql/database.ts";
import { until } from "../../test/support/wait.ts";
import { call } from "../contracts/action.ts";
import { ListUserOrders, OrderHistory } from "../contracts/order-lists.ts";
import { GetOrder, ListOrders } from "../contracts/orders.ts";
import { PaymentRefunded } from "../contracts/payments.ts";
import { ping } from "../contracts/platform.ts";
import { caller, openShop, TOTAL_CENTS } from "./orders.fixture.ts";
import type { Shop } from "./orders.fixture.ts";

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop.stop());

async function paid() {
	const customer = caller(shop);
	return { ...customer, order: (await customer.place("pm_card_visa")).result };
}

const WORDS = statement<{ published: string; kept: string }>(
	"spec.words",
	`select body ->> 'reason' as published, data ->> 'reason' as kept from outbox
	join order_events on order_id::text = aggregate_id and type = 'cancelled'
	where aggregate_id = $1::text and name = 'order.cancelled'`,
);

const as = (userId: string) => ({
	meta: { principal: { userId, role: "customer", sessionId: randomUUID() } as const },
});

describe("one order", () => {
	it("is shown to its owner and to an admin, with its version", async () => {
		const { order, get } = await paid();
		const { result, meta } = await get(order.id);

		expect(GetOrder.result.parse(result)).toEqual(order);
		expect(meta).toMatchObject({ $version: 4 });
		await expect(caller(shop, "admin").get(order.id)).resolves.toMatchObject({ result: order });
	});

	it("does not exist for anybody else", async () => {
		const { order } = await paid();

		for (const stranger of [caller(shop), caller(shop, "vendor")]) {
			await expect(stranger.get(order.id)).rejects.toMatchObject({ type: "ORDER_NOT_FOUND", code: 404 });
			await expect(stranger.events(order.id)).rejects.toMatchObject({ type: "ORDER_NOT_FOUND", code: 404 });
		}
		await expect(call(shop.broker, GetOrder, { id: order.id })).rejects.toMatchObject({ code: 404 });
		await expect(caller(shop, "admin").get(randomUUID())).rejects.toMatchObject({ code: 404 });
	});

	it("tells its whole history", async () => {
		const { order, userId } = await paid();
		const history = await call(shop.broker, OrderHistory, { id: order.id }, as(userId));

		expect(OrderHistory.result.parse(history)).toEqual(history);
		expect(history).toMatchObject({
			rows: [
				{ version: 1, type: "placed", occurredAt: order.createdAt, data: { number: order.number } },
				{ version: 2, type: "paymentStarted", data: { paymentId: order.paymentId } },
				{ version: 3, type: "confirmed" },
				{ version: 4, type: "paid", occurredAt: order.updatedAt },
			],
			total: 4,
		});
	});

	it("is shown as it was at a moment, and did not exist before its placement", async () => {
		const { order, userId } = await paid();
		const at = (moment: string) => call(shop.broker, GetOrder, { id: order.id, at: moment }, as(userId));

		await expect(at(order.updatedAt)).resolves.toEqual(order);
		await expect(at("2999-01-01T00:00:00Z")).resolves.toEqual(order);
		await expect(at(order.createdAt)).resolves.toMatchObject({
			...{ status: "pending", shippingAddress: order.shippingAddress, updatedAt: order.createdAt },
		});
		await expect(at("2020-01-01T00:00:00Z")).rejects.toMatchObject({ type: "ORDER_NOT_FOUND" });
	});

	it("was nobody else's at any moment", async () => {
		const { order } = await paid();

		const asked = call(shop.broker, GetOrder, { id: order.id, at: order.updatedAt }, as(randomUUID()));
		await expect(asked).rejects.toMatchObject({ code: 404 });
	});

	it("tells its owner what he wrote, and nobody else", async () => {
		const { order, userId, cancel } = await paid();
		await cancel(order.id, {}, "Ada has moved");
		const { rows } = await call(shop.broker, OrderHistory, { id: order.id }, as(userId));

		expect(rows.find(({ type }) => type === "cancelled")?.data).toEqual({ reason: "Ada has moved" });
		const stored = await shop.service.db.query(WORDS, [order.id]);
		expect(stored).toEqual([{ published: "cancelled on request", kept: "cancelled on request" }]);
	});
});

describe("lists of orders", () => {
	it("show a customer his own, and an admin everybody's", async () => {
		const { order, list } = await paid();
		const other = await paid();

		expect(ListOrders.result.parse(await list())).toMatchObject({ rows: [order], total: 1 });
		const ids = (await caller(shop, "admin").list()).rows.map(({ id }) => id);
		expect(ids.slice(0, 2)).toEqual([other.order.id, order.id]);
	});

	it("show one user's orders by status and by date", async () => {
		const { order, userId, place } = await paid();
		await place();
		const list = (filter: object) => call(shop.broker, ListUserOrders, { userId, ...filter }, as(userId));

		await expect(list({})).resolves.toMatchObject({ total: 2 });
		await expect(list({ status: "confirmed" })).resolves.toMatchObject({ rows: [order], total: 1 });
		await expect(list({ status: "confirmed,shipped", maxTotal: TOTAL_CENTS / 100 })).resolves.toMatchObject({
			total: 1,
		});
		await expect(list({ sort: "createdAt" })).resolves.toMatchObject({ rows: [{ id: order.id }, {}] });
		await expect(list({ from: "2999-01-01T00:00:00Z" })).resolves.toMatchObject({ rows: [], total: 0 });
		await expect(list({ limit: 1 })).resolves.toMatchObject({ rows: [{ status: "pending" }] });
	});

	it("show an admin those of one user, and a customer nobody else's", async () => {
		const { order, userId } = await paid();
		const list = (meta: object) => call(shop.broker, ListOrders, { userId }, meta);
		const admin = { meta: { principal: { userId: randomUUID(), role: "admin", sessionId: randomUUID() } as const } };

		await expect(list(admin)).resolves.toMatchObject({ rows: [order], total: 1 });
		await expect(list(as(randomUUID()))).resolves.toMatchObject({ rows: [], total: 0 });
	});

	it("refuse a status that is none", async () => {
		const asked = call(shop.broker, ListOrders, { status: "confirmed,lost" }, as(randomUUID()));

		await expect(asked).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});
});

describe("a refund that payments tells of", () => {
	const TIMES = statement<{ attempts: number }>(
		"spec.received",
		"select attempts from inbox where message_id = $1 and processed_at is not null",
	);

	async function refunded(orderId: string, paymentId: string | null, amount: number) {
		const data = { paymentId, orderId, amount, currency: "EUR", timestamp: new Date().toISOString() };
		const message = { id: randomUUID(), name: PaymentRefunded.name, version: 1, data, correlationId: "request" };
		const sent = {
			...message,
			aggregateType: "payment",
			aggregateId: String(paymentId),
			sequence: 1,
			causationId: null,
		};
		await shop.bus.publish([sent]);
		await until(async () => (await shop.service.db.query(TIMES, [sent.id])).length === 1);
		return () => shop.bus.publish([sent]);
	}

	it("is added to its order, once for every message", async () => {
		const { order, get, events } = await paid();
		const again = await refunded(order.id, order.paymentId, 10);
		await again();
		await refunded(order.id, order.paymentId, 0.5);

		expect((await get(order.id)).result).toMatchObject({ status: "confirmed", paymentStatus: "partially_refunded" });
		expect((await events(order.id)).slice(4)).toEqual(["refunded", "refunded"]);
	});

	it("marks the order as refunded when nothing is left", async () => {
		const { order, get } = await paid();
		await refunded(order.id, order.paymentId, TOTAL_CENTS / 100);

		expect((await get(order.id)).result.paymentStatus).toBe("refunded");
	});

	it("changes nothing after the order was cancelled and refunded", async () => {
		const { order, cancel, get } = await paid();
		const { result } = await cancel(order.id);
		await refunded(order.id, order.paymentId, TOTAL_CENTS / 100);

		expect((await get(order.id)).result).toEqual(result);
	});
});

describe("ping", () => {
	it("reaches the database", async () => {
		await expect(call(shop.broker, ping("orders"), {})).resolves.toEqual({ status: "healthy" });
	});
});

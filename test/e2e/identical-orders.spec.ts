import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type { Answer } from "../../bin/tour/shop-client.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

let shop: Shop;

beforeAll(async () => {
	shop = await Shop.open();
});
afterAll(() => shop.close());

describe("a hundred identical POST /orders with one key", () => {
	const key = randomUUID();
	let ask: () => Promise<Answer>;
	let answers: Answer[];

	beforeAll(async () => {
		const { body } = await shop.send("GET", "/products?pageSize=1");
		const [product] = body.rows as { id: string }[];
		const [buyer] = await shop.customers(1);
		const items = [{ productId: product!.id, quantity: 1 }];
		const order = { items, shippingAddress: "1 Twin Street", paymentMethod: "pm_card_visa" };
		const options = { token: buyer!.token, body: order, headers: { "idempotency-key": key } };
		ask = () => shop.send("POST", "/orders", options);
		answers = await Promise.all(Array.from({ length: 100 }, ask));
	});

	it("answer 201, or 409 while the first still runs", () => {
		for (const { status, body } of answers)
			expect(status === 201 || (status === 409 && body.code === "IDEMPOTENCY_KEY_IN_USE")).toBe(true);
	});

	it("place one order", async () => {
		const [row] = await shop.sql<{ orders: number }>("orders", "select count(*)::int as orders from orders");
		expect(row?.orders).toBe(1);
	});

	it("answer the same bytes in the end, and say that they are a replay", async () => {
		const retried = await Promise.all(answers.map(async (answer) => (answer.status === 201 ? answer : final())));
		expect(new Set(retried.map(({ text }) => text)).size).toBe(1);
		expect((await ask()).headers.get("idempotency-replayed")).toBe("true");
	});

	const final = () =>
		until(async () => {
			const answer = await ask();
			return answer.status === 201 ? answer : undefined;
		});
});

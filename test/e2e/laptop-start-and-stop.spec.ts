import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Shop } from "../support/shop.ts";

const STOA = fileURLToPath(new URL("../../bin/stoa", import.meta.url));

let shop: Shop;
let token: string;

beforeAll(async () => {
	shop = await Shop.open();
	token = await shop.customerToken();
});
afterAll(() => shop.close());

async function order(): Promise<string> {
	const { body } = await shop.send("GET", "/products?pageSize=1");
	const [product] = body.rows as { id: string }[];
	const items = [{ productId: product!.id, quantity: 1 }];
	const placed = await shop.send("POST", "/orders", {
		token,
		body: { items, shippingAddress: "1 Main Street", paymentMethod: "pm_card_visa" },
	});
	expect(placed.status).toBe(201);
	return String(placed.body.id);
}

it("keeps what was answered over kill -9, and serves again within ten seconds", async () => {
	const id = await order();
	await shop.premises.kill();

	const { readyAfterMs } = await shop.premises.start();

	expect(readyAfterMs).toBeLessThan(10_000);
	const { status, body } = await shop.send("GET", `/orders/${id}`, { token });
	expect({ status, order: body.status }).toEqual({ status: 200, order: "confirmed" });
});

it("says that the port is taken when it is started twice", async () => {
	const env = { ...process.env, STOA_HOME: shop.home, API_GATEWAY_PORT: new URL(shop.gateway).port };
	const { status, stderr } = spawnSync(STOA, ["start"], { env, encoding: "utf8" });
	expect(status).toBe(1);
	expect(stderr).toContain("is in use");
	expect((await shop.send("GET", "/health")).status).toBe(200);
});

it("drains and stops cleanly, database included", async () => {
	const id = await order();
	expect(await shop.premises.stop()).toBe(0);

	await shop.premises.start();
	expect((await shop.send("GET", `/orders/${id}`, { token })).status).toBe(200);
});

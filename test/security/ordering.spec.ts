import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { openFurnishedShop } from "../support/furnished-shop.ts";
import type { FurnishedShop } from "../support/furnished-shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

/** A gateway asks again for a role after five seconds at most. */
const FOLLOWS = { timeoutMs: 10_000, everyMs: 50, what: "the session to follow" };

let at: FurnishedShop;
beforeAll(async () => void (at = await openFurnishedShop()));
afterAll(() => at.shop.close());

const post = ({ token }: Person, path: string, body: object = {}) => at.shop.send("POST", path, { token, body });
const put = (path: string, body: object) => at.shop.send("PUT", path, { token: at.admin.token, body });

const order = (who: Person, paymentMethod?: string) => {
	const items = [{ productId: at.productOfVera, quantity: 1 }];
	return post(who, "/orders", { items, shippingAddress: "1 Main Street", paymentMethod });
};

it("takes orders from customers alone, and tells staff so", async () => {
	for (const staff of [at.vera, at.admin]) {
		const { status, body } = await order(staff);
		expect([status, body.code, body.requires]).toEqual([403, "FORBIDDEN", ["customer"]]);
	}
	expect((await order(at.ada)).status).toBe(201);
});

it("leaves a customer who becomes a vendor what he ordered before: he pays, cancels and returns it", async () => {
	const [buyer] = await at.shop.people(["customer"]);
	const placed = [await order(buyer), await order(buyer), await order(buyer, "pm_card_visa")];
	const [unpaid, unwanted, delivered] = placed.map(({ body }) => String(body.id));
	for (const status of ["processing", "shipped", "delivered"]) await put(`/orders/${delivered}/status`, { status });

	await put(`/users/${buyer.userId}/role`, { role: "vendor" });
	await until(async () => (await order(buyer)).status === 403, FOLLOWS);

	const paid = await post(buyer, "/payments/process", { orderId: unpaid, paymentMethod: "pm_card_visa" });
	const cancelled = await post(buyer, `/orders/${unwanted}/cancel`);
	const returned = await post(buyer, `/orders/${delivered}/return`, { reason: "too small" });
	expect([paid.status, cancelled.status, returned.status]).toEqual([201, 200, 201]);
});

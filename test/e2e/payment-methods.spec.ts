import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openFurnishedShop } from "../support/furnished-shop.ts";
import type { FurnishedShop } from "../support/furnished-shop.ts";

let furnished: FurnishedShop;
beforeAll(async () => void (furnished = await openFurnishedShop()));
afterAll(() => furnished.shop.close());

const send = (method: "GET" | "POST" | "DELETE", path: string, token: string, body?: object) =>
	furnished.shop.send(method, path, { token, ...(body !== undefined && { body }) });

describe("payment methods", () => {
	it("are kept, shown, paid with and forgotten by their owner, and by nobody else", async () => {
		const { ada, eve, admin } = furnished;
		const saved = await send("POST", "/payments/methods", ada.token, { method: "pm_card_visa" });
		expect(saved).toMatchObject({ status: 201, body: { brand: "visa", last4: "4242", isDefault: true } });
		const location = String(saved.headers.get("location"));
		expect(location).toBe(`/payments/methods/${String(saved.body.id)}`);
		expect((await send("GET", location, ada.token)).body).toEqual(saved.body);

		for (const { token } of [eve, admin]) expect((await send("GET", location, token)).status).toBe(404);
		const basket = { items: [{ productId: furnished.productOfVera, quantity: 1 }], shippingAddress: "1 Main Street" };
		const order = await send("POST", "/orders", ada.token, { ...basket, paymentMethod: saved.body.method });
		expect(order).toMatchObject({ status: 201, body: { paymentStatus: "paid" } });

		expect((await send("DELETE", location, ada.token)).status).toBe(204);
		expect((await send("GET", "/payments/methods", ada.token)).body).toMatchObject({ rows: [], total: 0 });
	});

	it("are never card numbers", async () => {
		for (const method of ["4242 4242 4242 4242", "pm_4242424242424242"]) {
			const answer = await send("POST", "/payments/methods", furnished.ada.token, { method });
			expect(answer).toMatchObject({ status: 422, body: { code: "VALIDATION_FAILED" } });
			expect(answer.text.replaceAll(/"requestId":"[^"]*"/g, "")).not.toContain("4242");
		}
	});
});

describe("the history of a payment", () => {
	it("shows its steps with the ledger's transfers to its owner", async () => {
		const { eve, ada, paymentOfEve } = furnished;
		const path = `/payments/${paymentOfEve}/transactions`;

		expect((await send("GET", path, eve.token)).body).toMatchObject({
			rows: [
				{ type: "captured", amount: 19.99, ledger: { debit: "provider", credit: "sales" } },
				{ type: "authorized", amount: 19.99, ledger: null },
			],
			total: 2,
		});
		expect((await send("GET", path, ada.token)).status).toBe(404);
	});
});

describe("POST /webhooks/stripe of a shop without Stripe", () => {
	it("says what to set", async () => {
		const answer = await furnished.shop.send("POST", "/webhooks/stripe", { body: { id: "evt_1" } });

		expect(answer).toMatchObject({ status: 404, body: { code: "WEBHOOKS_OFF" } });
		expect(answer.text).toContain("STRIPE_WEBHOOK_SECRET");
	});
});

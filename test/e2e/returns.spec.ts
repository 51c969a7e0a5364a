import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openFurnishedShop, PRICE } from "../support/furnished-shop.ts";
import type { FurnishedShop } from "../support/furnished-shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

let at: FurnishedShop;
beforeAll(async () => {
	// The auditor compares what has rested; here that is everything.
	at = await openFurnishedShop({ INTEGRITY_SETTLE_MS: "0" });
});
afterAll(() => at.shop.close());

const get = (path: string, { token }: Person) => at.shop.send("GET", path, { token });
const post = ({ token }: Person, path: string, body: unknown, headers = {}) =>
	at.shop.send("POST", path, { token, body, headers });
const put = (path: string, body: unknown) => at.shop.send("PUT", path, { token: at.admin.token, body });

/** An order of three bowls that has arrived, its payment and its customer. */
async function delivered() {
	const [buyer] = await at.shop.people(["customer"]);
	const { body: order } = await post(buyer, "/orders", {
		items: [{ productId: at.productOfVera, quantity: 3 }],
		shippingAddress: "1 Main Street",
		paymentMethod: "pm_card_visa",
	});
	const path = `/orders/${String(order.id)}`;
	for (const status of ["processing", "shipped", "delivered"]) await put(`${path}/status`, { status });
	return { buyer, path, payment: `/payments/${String(order.paymentId)}` };
}

const bowls = (quantity: number) => [{ productId: at.productOfVera, quantity }];
const onSale = async () => (await get(`/inventory/${at.productOfVera}`, at.admin)).body.available as number;
const accept = (location: string | null, body: object = {}, headers = {}) =>
	post(at.admin, `${String(location)}/accept`, body, headers);

describe("a return", () => {
	it("is asked for by the owner, followed, accepted by staff, and gives back exactly its price", async () => {
		const { buyer, path, payment } = await delivered();
		const before = await onSale();
		const asked = await post(buyer, `${path}/return`, { items: bowls(1), reason: "too small" });
		expect([asked.status, asked.body.status]).toEqual([201, "requested"]);
		const location = asked.headers.get("location");
		expect((await get(String(location), buyer)).body).toEqual(asked.body);

		const accepted = await accept(location);
		expect(accepted.status).toBe(200);
		expect(accepted.body).toMatchObject({ status: "completed", refundAmount: PRICE, reason: "too small" });
		expect(await onSale()).toBe(before + 1);
		expect((await get(payment, buyer)).body).toMatchObject({ status: "partially_refunded", refundedAmount: PRICE });
		expect((await get(path, buyer)).body).toMatchObject({ status: "delivered", paymentStatus: "partially_refunded" });
	});

	it("is found by staff among all orders until it is decided", async () => {
		const { buyer, path } = await delivered();
		const { headers } = await post(buyer, `${path}/return`, { items: bowls(1), reason: "too small" });
		const waiting = async () => {
			const { body } = await get("/orders?hasOpenReturn=true&limit=100", at.admin);
			return (body.rows as { id: string }[]).map(({ id }) => `/orders/${id}`);
		};

		expect(await waiting()).toContain(path);
		await accept(headers.get("location"));
		expect(await waiting()).not.toContain(path);
	});

	it("of the last unit returns the order, and all of the money is back, once", async () => {
		const { buyer, path, payment } = await delivered();
		for (const items of [bowls(1), undefined]) {
			const { headers } = await post(buyer, `${path}/return`, { items, reason: "no" });
			await accept(headers.get("location"));
		}

		expect((await get(path, buyer)).body).toMatchObject({ status: "returned", paymentStatus: "refunded" });
		expect((await get(payment, buyer)).body).toMatchObject({ status: "refunded", refundedAmount: 3 * PRICE });
		expect((await get(`${path}/returns`, buyer)).body).toMatchObject({ total: 2 });
		const { body } = await get(`${path}/events?limit=100`, buyer);
		const types = (body.rows as { type: string }[]).map(({ type }) => type);
		expect(types.filter((type) => type === "refunded")).toHaveLength(2);
	});

	it("gives back what staff has left, to the cent", async () => {
		const { buyer, path, payment } = await delivered();
		const paymentId = payment.split("/").at(-1);
		await post(at.admin, "/payments/refund", { paymentId, amount: 10, reason: "scratched" });
		await until(async () => (await get(path, buyer)).body.paymentStatus === "partially_refunded");
		const parts: number[] = [];
		for (const items of [bowls(1), bowls(1), bowls(1)]) {
			const { headers } = await post(buyer, `${path}/return`, { items, reason: "no" });
			parts.push(Math.round(((await accept(headers.get("location"))).body.refundAmount as number) * 100));
		}

		const rest = Math.round((3 * PRICE - 10) * 100);
		expect(parts.reduce((sum, part) => sum + part, 0)).toBe(rest);
		expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
		expect((await get(payment, buyer)).body).toMatchObject({ status: "refunded" });
	});

	it("may leave its units unsold", async () => {
		const { buyer, path } = await delivered();
		const before = await onSale();
		const { headers } = await post(buyer, `${path}/return`, { reason: "broken" });
		await accept(headers.get("location"), { restock: false });

		expect(await onSale()).toBe(before);
		expect((await get(path, buyer)).body).toMatchObject({ status: "returned", paymentStatus: "refunded" });
	});

	it("is refused with what can be returned, and when nothing can", async () => {
		const { buyer, path } = await delivered();
		const tooMany = await post(buyer, `${path}/return`, { items: bowls(4), reason: "no" });
		expect([tooMany.status, tooMany.body.code]).toEqual([409, "RETURN_EXCEEDS_ORDER"]);
		expect(tooMany.body.items).toEqual([{ productId: at.productOfVera, returnable: 3 }]);

		const { headers } = await post(buyer, `${path}/return`, { reason: "no" });
		expect((await post(buyer, `${path}/return`, { reason: "no" })).body.code).toBe("NOTHING_TO_RETURN");
		const refused = await post(at.admin, `${String(headers.get("location"))}/refuse`, { reason: "worn" });
		expect(refused.body).toMatchObject({ status: "refused", refusal: "worn" });
		expect((await accept(headers.get("location"))).body.code).toBe("RETURN_DECIDED");
	});

	it("is one under one Idempotency-Key, and accepted once", async () => {
		const { buyer, path, payment } = await delivered();
		const key = { "idempotency-key": "a-return" };
		const ask = () => post(buyer, `${path}/return`, { items: bowls(1), reason: "no" }, key);
		const [first, second] = [await ask(), await ask()];
		expect(second.text).toBe(first.text);
		expect(second.headers.get("location")).toBe(first.headers.get("location"));

		const location = first.headers.get("location");
		const [yes, again] = [await accept(location, {}, key), await accept(location, {}, key)];
		expect(again.text).toBe(yes.text);
		expect((await get(payment, buyer)).body.refundedAmount).toBe(PRICE);
	});

	it("does not exist for strangers, and is decided by nobody but staff", async () => {
		const { buyer, path } = await delivered();
		const { headers } = await post(buyer, `${path}/return`, { reason: "no" });
		const location = String(headers.get("location"));

		for (const stranger of [at.ada, at.vera]) {
			expect((await post(stranger, `${path}/return`, { reason: "no" })).status).toBe(404);
			expect((await get(location, stranger)).status).toBe(404);
		}
		expect((await post(buyer, `${location}/accept`, {})).status).toBe(403);
		expect((await post(buyer, `${location}/refuse`, { reason: "no" })).status).toBe(403);
	});
});

describe("staff that moves an order to returned", () => {
	it("gives back its stock and its money", async () => {
		const { buyer, path, payment } = await delivered();
		const before = await onSale();
		const { status, body } = await put(`${path}/status`, { status: "returned" });

		expect([status, body.status]).toEqual([200, "returned"]);
		await until(async () => (await get(payment, buyer)).body.status === "refunded");
		await until(async () => (await onSale()) === before + 3);
	});
});

describe("after all of this", () => {
	it("stock, orders and money agree", async () => {
		const report = async () => (await get("/operations/integrity", at.admin)).body;
		await until(async () => (await report()).isClean, { what: "a clean report" });
		expect(await report()).toMatchObject({ findings: [], isClean: true });
	});
});

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Answer } from "../../bin/tour/shop-client.ts";
import { openFurnishedShop } from "../support/furnished-shop.ts";
import type { FurnishedShop } from "../support/furnished-shop.ts";
import type { Person } from "../support/shop.ts";

let at: FurnishedShop;
beforeAll(async () => {
	at = await openFurnishedShop();
});
afterAll(() => at.shop.close());

const post = ({ token }: Person, path: string, body: unknown, key?: string) =>
	at.shop.send("POST", path, { token, body, headers: key === undefined ? {} : { "idempotency-key": key } });
const put = ({ token }: Person, path: string, body: unknown, headers = {}) =>
	at.shop.send("PUT", path, { token, body, headers });
const get = (path: string, { token }: Person = at.admin, headers = {}) => at.shop.send("GET", path, { token, headers });

const basket = (change: object = {}) => ({
	items: [{ productId: at.productOfVera, quantity: 1 }],
	shippingAddress: "1 Main Street",
	paymentMethod: "pm_card_visa",
	...change,
});
const units = (many: number) => [{ productId: at.productOfVera, quantity: many }];

/** Everything of an answer that a client can see and that is not the network's. */
const seen = ({ status, text, headers }: Answer) => ({
	status,
	text,
	location: headers.get("location"),
	type: headers.get("content-type"),
});
const isReplay = ({ headers }: Answer) => headers.get("idempotency-replayed") === "true";

async function ordersOf({ userId }: Person): Promise<number> {
	return Number((await get(`/users/${userId}/orders`)).body.total);
}

describe("the same request with the same Idempotency-Key", () => {
	it.each([
		[201, "an order that is placed", () => basket()],
		[402, "an order that is declined", () => basket({ paymentMethod: "pm_card_chargeDeclined" })],
		[409, "an order that is out of stock", () => basket({ items: units(9_999) })],
		[201, "an order that is not yet paid", () => basket({ paymentMethod: undefined })],
	])("is answered %i to the byte, and is one order: %s", async (status, _what, order) => {
		const [buyer] = await at.shop.people(["customer"]);
		const first = await post(buyer, "/orders", order(), "again");
		const second = await post(buyer, "/orders", order(), "again");

		expect(first.status).toBe(status);
		expect(seen(second)).toEqual(seen(first));
		expect([first, second].map(isReplay)).toEqual([false, true]);
		expect(await ordersOf(buyer)).toBe(1);
	});

	it("has the Location of what the first one made", async () => {
		const first = await post(at.ada, "/orders", basket(), "located");
		const second = await post(at.ada, "/orders", basket(), "located");
		expect(second.headers.get("location")).toBe(`/orders/${String(first.body.id)}`);
	});

	it("may spell its body in another order", async () => {
		const { items, ...rest } = basket();
		await post(at.ada, "/orders", { items, ...rest }, "spelled");
		expect(isReplay(await post(at.ada, "/orders", { ...rest, items }, "spelled"))).toBe(true);
	});

	it("pays a pending order once", async () => {
		const { body: order } = await post(at.ada, "/orders", basket({ paymentMethod: undefined }));
		const pay = () => post(at.ada, "/payments/process", { orderId: order.id, paymentMethod: "pm_card_visa" }, "paid");
		const [first, second] = [await pay(), await pay()];
		expect(first.status).toBe(201);
		expect([seen(second), isReplay(second)]).toEqual([seen(first), true]);
	});

	it("refunds once", async () => {
		const body = { paymentId: at.paymentOfEve, amount: 5, reason: "scratched" };
		const refund = () => post(at.admin, "/payments/refund", body, "refunded");
		const [first, second] = [await refund(), await refund()];
		expect([seen(second), isReplay(second)]).toEqual([seen(first), true]);
		expect((await get(`/payments/${at.paymentOfEve}`)).body.refundedAmount).toBe(5);
	});

	it("cancels once", async () => {
		const { body: order } = await post(at.ada, "/orders", basket());
		const cancel = () => post(at.ada, `/orders/${String(order.id)}/cancel`, {}, "cancelled");
		const [first, second] = [await cancel(), await cancel()];
		expect([first.status, first.body.status]).toEqual([200, "cancelled"]);
		expect([seen(second), isReplay(second)]).toEqual([seen(first), true]);
	});

	it("moves stock once", async () => {
		const path = `/inventory/${at.productOfVictor}`;
		const move = () => put(at.victor, path, { adjust: 7, reason: "found" }, { "idempotency-key": "moved" });
		const before = (await get(path)).body.onHand as number;
		const [first, second] = [await move(), await move()];
		expect([seen(second), isReplay(second)]).toEqual([seen(first), true]);
		expect((await get(path)).body.onHand).toBe(before + 7);
	});

	it("puts a product on sale once", async () => {
		const create = () => post(at.vera, "/products", { name: "Vase", sku: "VASE-1", price: 3 }, "created");
		const [first, second] = [await create(), await create()];
		expect(first.status).toBe(201);
		expect([seen(second), isReplay(second)]).toEqual([seen(first), true]);
	});
});

describe("an Idempotency-Key", () => {
	it("that comes with another body is refused, and nothing is ordered", async () => {
		const [buyer] = await at.shop.people(["customer"]);
		await post(buyer, "/orders", basket(), "one");
		const { status, body } = await post(buyer, "/orders", basket({ shippingAddress: "2 Side Street" }), "one");
		expect([status, body.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
		expect(await ordersOf(buyer)).toBe(1);
	});

	it("that comes with another order's path is refused", async () => {
		const cancel = async () => {
			const { body } = await post(at.ada, "/orders", basket());
			return post(at.ada, `/orders/${String(body.id)}/cancel`, {}, "two-orders");
		};
		expect([(await cancel()).status, (await cancel()).body.code]).toEqual([200, "IDEMPOTENCY_KEY_REUSED"]);
	});

	it("means nothing to another caller", async () => {
		const [one, other] = await at.shop.people(["customer", "customer"]);
		const first = await post(one, "/orders", basket(), "shared");
		const second = await post(other, "/orders", basket(), "shared");
		expect([first.status, second.status, isReplay(second)]).toEqual([201, 201, false]);
		expect(second.body.id).not.toBe(first.body.id);
	});

	it("means nothing on another route", async () => {
		const order = await post(at.ada, "/orders", basket({ paymentMethod: undefined }), "routed");
		const body = { orderId: order.body.id, paymentMethod: "pm_card_visa" };
		const payment = await post(at.ada, "/payments/process", body, "routed");
		expect([order.status, payment.status, isReplay(payment)]).toEqual([201, 201, false]);
	});

	it.each([
		["is invalid", 422, () => post(at.ada, "/orders", basket({ items: [] }), "invalid"), "invalid"],
		["is not JSON", 422, () => post(at.ada, "/orders", [], "not-json"), "not-json"],
		["is nobody's", 401, () => post({ ...at.ada, token: "nonsense" }, "/orders", basket(), "nobody"), "nobody"],
	])("of a request that %s (%i) is still free", async (_why, status, refused, key) => {
		expect((await refused()).status).toBe(status);
		const answer = await post(at.ada, "/orders", basket(), key);
		expect([answer.status, isReplay(answer)]).toEqual([201, false]);
	});

	it("is not needed: without one, each request is its own", async () => {
		const [buyer] = await at.shop.people(["customer"]);
		await post(buyer, "/orders", basket());
		await post(buyer, "/orders", basket());
		expect(await ordersOf(buyer)).toBe(2);
	});
});

const RESOURCES: readonly (readonly [what: string, path: () => string])[] = [
	["product", () => `/products/${at.productOfVera}`],
	["user", () => `/users/${at.eve.userId}`],
	["order", () => `/orders/${at.orderOfEve}`],
	["payment", () => `/payments/${at.paymentOfEve}`],
	["inventory", () => `/inventory/${at.productOfVera}`],
];

describe("the ETag of", () => {
	it.each(RESOURCES)("%s names its version and its content", async (_what, path) => {
		const { headers } = await get(path());
		expect(headers.get("etag")).toMatch(/^"\d+\.[\w-]{16}"$/);
	});

	it.each(RESOURCES)("%s spares a client what it has", async (_what, path) => {
		const etag = (await get(path())).headers.get("etag")!;
		const again = await get(path(), at.admin, { "if-none-match": etag });
		expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", etag]);
	});

	it("a list is none", async () => {
		for (const path of ["/products", "/orders", `/payments/user/${at.eve.userId}`])
			expect((await get(path)).headers.get("etag")).toBeNull();
	});

	it("a product changes with its stock, but still permits a change of the product", async () => {
		const path = `/products/${at.productOfVera}`;
		const before = (await get(path)).headers.get("etag")!;
		await put(at.vera, `/inventory/${at.productOfVera}`, { adjust: 1, reason: "found" });

		expect((await get(path, at.admin, { "if-none-match": before })).status).toBe(200);
		const { status } = await put(at.vera, path, { description: "Of clay." }, { "if-match": before });
		expect(status).toBe(200);
	});
});

describe("If-Match", () => {
	it.each([
		["product", () => at.vera, () => `/products/${at.productOfVera}`, "name"],
		["user", () => at.eve, () => `/users/${at.eve.userId}`, "firstName"],
	])("lets one of two changes of a %s through", async (_what, who, path, field) => {
		const read = (await get(path())).headers.get("etag")!;
		const first = await put(who(), path(), { [field]: "First" }, { "if-match": read });
		const second = await put(who(), path(), { [field]: "Second" }, { "if-match": read });

		expect([first.status, second.status, second.body.code]).toEqual([200, 412, "PRECONDITION_FAILED"]);
		const { body, headers } = await get(path(), who());
		expect([body[field], headers.get("etag")]).toEqual(["First", first.headers.get("etag")]);
	});

	it("of the ETag that a change answered permits the next", async () => {
		const path = `/users/${at.eve.userId}`;
		const { headers } = await put(at.eve, path, { lastName: "Adams" });
		const { status } = await put(at.eve, path, { lastName: "Baker" }, { "if-match": headers.get("etag")! });
		expect(status).toBe(200);
	});

	it("keeps a product from being taken off sale when it has changed", async () => {
		const path = `/products/${at.productOfVictor}`;
		const headers = { "if-match": (await get(path)).headers.get("etag")! };
		await put(at.victor, path, { price: 21 });

		const { status } = await at.shop.send("DELETE", path, { token: at.victor.token, headers });
		expect([status, (await get(path)).status]).toEqual([412, 200]);
	});

	it("keeps an order from being cancelled when it has moved on", async () => {
		const path = `/orders/${at.orderOfEve}`;
		const headers = { "if-match": (await get(path)).headers.get("etag")! };
		await put(at.admin, `${path}/status`, { status: "processing" });

		const refused = await at.shop.send("DELETE", path, { token: at.eve.token, headers });
		expect([refused.status, refused.body.code]).toEqual([412, "PRECONDITION_FAILED"]);
		expect((await get(path)).body.status).toBe("processing");
	});

	it("keeps a payment method that became the default from being removed", async () => {
		const { headers } = await post(at.ada, "/payments/methods", { method: "pm_card_visa" });
		const path = String(headers.get("location"));
		const stale = { "if-match": headers.get("etag")! };
		const changed = await post(at.ada, "/payments/methods", { method: "pm_card_visa", isDefault: true });
		const remove = (tag: object) => at.shop.send("DELETE", path, { token: at.ada.token, headers: { ...tag } });

		expect([changed.headers.get("location"), (await remove(stale)).status]).toEqual([path, 412]);
		expect((await remove({ "if-match": changed.headers.get("etag")! })).status).toBe(204);
	});

	it("of another version is refused where there is only one", async () => {
		const path = `/notifications/${at.eve.userId}/push-subscriptions/00000000-0000-7000-8000-000000000000`;
		const remove = (tag: string) => at.shop.send("DELETE", path, { token: at.eve.token, headers: { "if-match": tag } });

		const refused = await remove('"2.abc"');
		expect([refused.status, refused.body.code]).toEqual([412, "PRECONDITION_FAILED"]);
		expect((await remove('"1.abc"')).body.code).toBe("PUSH_SUBSCRIPTION_NOT_FOUND");
	});
});

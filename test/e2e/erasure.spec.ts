import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { v7 as uuidv7 } from "uuid";
import { mailedToken } from "../support/mailbox.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

const PASSWORD = "correct horse battery";
const DATABASES = ["users", "products", "orders", "payments", "notifications", "webhooks"];
const MARK = `zaphod${uuidv7().replaceAll("-", "")}`;
const PHONE = "+43 1 555 0199";
const EMAIL = `${MARK}@example.com`;

/** Every row that mentions one of the words, whichever table it is in. */
const MENTIONS = `
	select table_name || ': ' || left(found::text, 300) as row
	from information_schema.tables,
		lateral unnest(xpath('//row', query_to_xml(format('select t::text as r from %I as t where t::text ilike any (%L)',
			table_name, $1::text), true, false, ''))) as found
	where table_schema = 'public' and table_type = 'BASE TABLE'`;

let shop: Shop;
let admin: string;
let user: { id: string; token: string };
let orderId: string;

beforeAll(async () => {
	shop = await Shop.open();
	admin = await shop.adminToken();
	const person = { firstName: MARK, lastName: MARK, phone: PHONE, username: MARK };
	const { body } = await shop.send("POST", "/auth/register", { body: { email: EMAIL, password: PASSWORD, ...person } });
	user = { id: (body.user as { id: string }).id, token: String(body.access_token) };
	await mailedToken(shop, EMAIL, "verify-email");

	const product = { name: "Mug", sku: uuidv7(), price: 5, stockQuantity: 1 };
	const made = await shop.send("POST", "/products", { token: admin, body: product });
	const items = [{ productId: made.body.id, quantity: 1 }];
	const order = { items, shippingAddress: `${MARK} Street 1`, paymentMethod: "pm_card_visa" };
	orderId = String((await shop.send("POST", "/orders", { token: user.token, body: order })).body.id);
});
afterAll(() => shop.close());

/** By service; nothing of a service that says nothing of him. */
async function mentions(): Promise<string[]> {
	const found = DATABASES.map(async (service) => {
		const rows = await shop.sql<{ row: string }>(service, MENTIONS, [`{%${MARK}%,"%${PHONE}%"}`]);
		return rows.map(({ row }) => `${service} ${row}`);
	});
	return (await Promise.all(found)).flat();
}

describe("a user", () => {
	it("takes away what every service keeps of him", async () => {
		const { status, body } = await shop.send("GET", `/users/${user.id}/export`, { token: user.token });

		expect(status).toBe(200);
		expect(body.user).toMatchObject({ id: user.id, email: EMAIL, phone: PHONE });
		expect(JSON.stringify((body.services as Record<string, unknown>).orders)).toContain(orderId);
		expect(Object.keys(body.services as object).toSorted()).toEqual(["notifications", "orders", "payments"]);
		expect((await mentions()).length).toBeGreaterThan(1);
	});

	it("is erased from every store, while his order and its money stay", async () => {
		const begun = await shop.send("POST", `/users/${user.id}/erase`, { token: user.token });
		const location = begun.headers.get("location") ?? "";
		expect([begun.status, location, begun.body.status]).toEqual([202, `/users/${user.id}/erasure`, "running"]);
		expect((await shop.send("GET", location, { token: admin })).body).toEqual(begun.body);

		const isDone = async () => (await shop.send("GET", location, { token: admin })).body.status === "done";
		await until(isDone, { timeoutMs: 60_000, everyMs: 200, what: "the erasure" });
		expect(await mentions()).toEqual([]);
		const order = await shop.send("GET", `/orders/${orderId}`, { token: admin });
		expect(order.body).toMatchObject({ status: "confirmed", paymentStatus: "paid", totalAmount: 5 });
	});

	it("is nobody afterwards, and his address is free", async () => {
		const credentials = { email: EMAIL, password: PASSWORD };
		expect((await shop.send("POST", "/auth/login", { body: credentials })).status).toBe(401);
		expect((await shop.send("GET", `/users/${user.id}`, { token: user.token })).status).toBe(401);
		expect((await shop.send("GET", `/users/${user.id}`, { token: admin })).body).toMatchObject({
			...{ email: `erased-${user.id}@invalid`, firstName: null, isActive: false },
		});
		expect((await shop.send("POST", "/auth/register", { body: credentials })).status).toBe(201);
	});
});

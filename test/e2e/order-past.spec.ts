import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openFurnishedShop } from "../support/furnished-shop.ts";
import type { FurnishedShop } from "../support/furnished-shop.ts";

let at: FurnishedShop;
let path: string;
beforeAll(async () => {
	at = await openFurnishedShop();
	path = `/orders/${at.orderOfEve}`;
	await at.shop.send("POST", `${path}/cancel`, { token: at.eve.token, body: { reason: "Eve has moved" } });
});
afterAll(() => at.shop.close());

const get = (query: string, { token } = at.eve) => at.shop.send("GET", `${path}${query}`, { token });
const events = async () => (await get("/events")).body.rows as { version: number; type: string; occurredAt: string }[];

describe("an order at a moment", () => {
	it("is what its events had made of it by then", async () => {
		for (const { type, occurredAt, version } of await events()) {
			const { body, headers } = await get(`?at=${occurredAt}`);
			if (type === "paid") expect(body).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
			if (type === "cancelled") expect(body.status).toBe("cancelled");
			expect(Number(headers.get("etag")?.split(".")[0]?.slice(1))).toBeGreaterThanOrEqual(version);
		}
	});

	it("is today's order when the moment is now, with the same ETag", async () => {
		const [now, then] = [await get(""), await get("?at=2999-01-01T00:00:00Z")];

		expect(then.text).toBe(now.text);
		expect(then.headers.get("etag")).toBe(now.headers.get("etag"));
	});

	it("did not exist before it was placed, and never for a stranger", async () => {
		expect((await get("?at=2020-01-01T00:00:00Z")).status).toBe(404);
		expect((await get("?at=2999-01-01T00:00:00Z", at.ada)).status).toBe(404);
	});

	it("needs a moment that is one", async () => {
		expect((await get("?at=yesterday")).status).toBe(422);
	});
});

describe("the history of an order", () => {
	it("is read in pages and with a cursor", async () => {
		const all = await events();
		const first = (await get("/events?limit=2")).body;
		const second = (await get(`/events?limit=100&cursor=${String(first.nextCursor)}`)).body;

		expect([...(first.rows as object[]), ...(second.rows as object[])]).toEqual(all);
		expect((await get("/events?page=2&pageSize=2")).body).toMatchObject({ total: all.length, rows: all.slice(2, 4) });
	});

	it("shows the owner what he wrote, which is in no fact", async () => {
		const { text } = await get("/events");
		expect(text).toContain("Eve has moved");

		const facts = await at.shop.sql<{ body: object }>("orders", "select body from outbox");
		const kept = await at.shop.sql<{ data: object }>("orders", "select data from order_events");
		expect(JSON.stringify([facts, kept])).not.toContain("Eve has moved");
	});
});

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";

let shop: Shop;
let admin: Person;
beforeAll(async () => {
	shop = await Shop.open();
	[admin] = await shop.people(["admin"]);
});
afterAll(() => shop.close());

interface Node {
	readonly id: string;
	readonly name: string;
	readonly children: readonly Node[];
}

const ask = (method: string, path: string, body?: unknown, headers = {}) =>
	shop.send(method, path, { token: admin.token, body, headers });

async function create(name: string, parentId?: string) {
	const { status, body, headers } = await ask("POST", "/products/categories", { name, parentId });
	expect(status).toBe(201);
	return { id: String(body.id), location: headers.get("location") ?? "" };
}

const tree = async () => {
	const { body } = await shop.send("GET", "/products/categories?tree=true&pageSize=100");
	return (body.rows as readonly Node[]).map(function namesOf({ name, children }): unknown {
		return [name, children.map(namesOf)];
	});
};

describe("the category tree", () => {
	it("is told flat and nested, and each of its categories has a place that answers to everybody", async () => {
		const garden = await create("E2E garden");
		const tools = await create("E2E tools", garden.id);
		expect(tools.location).toBe(`/products/categories/${tools.id}`);

		const { status, body } = await shop.send("GET", tools.location);
		expect([status, body]).toEqual([200, { id: tools.id, name: "E2E tools", description: null, parentId: garden.id }]);
		const { body: flat } = await shop.send("GET", "/products/categories?limit=100");
		expect(flat.rows).toContainEqual(body);
		expect(await tree()).toContainEqual(["E2E garden", [["E2E tools", []]]]);
	});

	it("moves with everything below, and never under itself or too deep", async () => {
		const [from, to] = [await create("E2E from"), await create("E2E to")];
		const moved = await create("E2E moved", from.id);
		await create("E2E below", moved.id);
		const path = `/products/categories/${moved.id}`;

		expect((await ask("PUT", path, { parentId: to.id })).status).toBe(200);
		expect(await tree()).toContainEqual(["E2E to", [["E2E moved", [["E2E below", []]]]]]);
		expect((await ask("PUT", `/products/categories/${to.id}`, { parentId: moved.id })).body.code).toBe(
			"CATEGORY_CYCLE",
		);

		let deepest = to.id;
		for (let level = 2; level <= 10; level += 1) deepest = (await create(`E2E level ${level}`, deepest)).id;
		const { status, body } = await ask("POST", "/products/categories", { name: "E2E 11", parentId: deepest });
		expect([status, body.code, body.maxDepth]).toEqual([409, "CATEGORY_TOO_DEEP", 10]);
	});

	it("loses no edit of two staff members: If-Match is refused when the category has changed", async () => {
		const { location } = await create("E2E edited");
		const seen = String((await shop.send("GET", location)).headers.get("etag"));
		const first = await ask("PUT", location, { description: "First" }, { "if-match": seen });
		const second = await ask("PUT", location, { description: "Second" }, { "if-match": seen });

		expect([first.status, second.status, second.body.code]).toEqual([200, 412, "PRECONDITION_FAILED"]);
		expect(first.headers.get("etag")).toBe((await shop.send("GET", location)).headers.get("etag"));
		expect((await ask("DELETE", location, undefined, { "if-match": seen })).status).toBe(412);
		const current = String(first.headers.get("etag"));
		expect((await ask("DELETE", location, undefined, { "if-match": current })).status).toBe(204);
		expect((await shop.send("GET", location)).status).toBe(404);
	});
});

describe("the inventory of a product", () => {
	it("has an ETag that If-Match takes, until its units move", async () => {
		const body = { name: "Lamp", sku: "E2E-STOCK", price: 1, stockQuantity: 5 };
		const path = `/inventory/${String((await ask("POST", "/products", body)).body.id)}`;
		const seen = String((await ask("GET", path)).headers.get("etag"));
		const adjust = (etag: string) => ask("PUT", path, { adjust: 1, reason: "counted" }, { "if-match": etag });

		const first = await adjust(seen);
		expect(first.status).toBe(200);
		expect(first.headers.get("etag")).toBe((await ask("GET", path)).headers.get("etag"));
		expect((await adjust(seen)).status).toBe(412);
	});
});

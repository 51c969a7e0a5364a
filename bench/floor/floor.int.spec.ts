import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { execute, freshDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import type { Facets } from "../../services/contracts/searching.ts";
import { seedFloor } from "../seed/seed.ts";
import { emailOf, idOf, PASSWORD, PRODUCTS, SERIES } from "../seed/shop.ts";
import { floor } from "./server.ts";

const SCARCE = idOf("product", 7);
const address = { line1: "12 St James's Square", city: "London", postalCode: "SW1Y 4JH", country: "GB" };

let database: TestDatabase;
let server: FastifyInstance;

beforeAll(async () => {
	database = await freshDatabase();
	await seedFloor(database.url);
	await execute(database.url, `update products set stock = 3 where id = '${SCARCE}'`);
	server = floor(database.url);
});

afterAll(async () => {
	await server.close();
	await database.drop();
});

const login = (password: string) =>
	server.inject({ method: "POST", url: "/auth/login", payload: { email: emailOf(1), password } });

async function order(quantity: number, token: string) {
	const payload = { items: [{ productId: SCARCE, quantity }], shippingAddress: address, paymentMethod: "pm_card_visa" };
	return server.inject({ method: "POST", url: "/orders", headers: { authorization: `Bearer ${token}` }, payload });
}

async function stock(): Promise<number> {
	const { stockQuantity } = (await server.inject(`/products/${SCARCE}`)).json<{ stockQuantity: number }>();
	return stockQuantity;
}

describe("the floor", () => {
	it("takes an order's stock, and refuses an order that there is too little for", async () => {
		const token = (await login(PASSWORD)).json<{ access_token: string }>().access_token;

		expect((await order(2, token)).statusCode).toBe(201);
		expect(await stock()).toBe(1);
		expect((await order(2, token)).statusCode).toBe(409);
		expect(await stock()).toBe(1);
	});

	it("asks for the right password, and for a token that it signed", async () => {
		expect((await login("not the password")).statusCode).toBe(401);
		expect((await order(1, "e30.e30.e30")).statusCode).toBe(401);
	});

	it("lists twenty products, the newest first, of all there are", async () => {
		const list = (await server.inject("/products?page=1&pageSize=20")).json<{
			rows: { id: string }[];
			total: number;
		}>();

		expect(list.rows).toHaveLength(20);
		expect(list.rows[0]?.id).toBe(idOf("product", PRODUCTS));
		expect(list.total).toBe(PRODUCTS);
	});

	it("finds the products of a series, and says what they are like", async () => {
		const found = (await server.inject("/products/search?q=s7%20series")).json<{
			rows: { name: string }[];
			total: number;
			facets: Facets;
		}>();

		expect(found.rows.map(({ name }) => name)).toContain("Product 7, series S7");
		expect(found.total).toBe(PRODUCTS / SERIES);
		expect(found.facets.stock).toEqual({ inStock: found.total, outOfStock: 0 });
		expect(found.facets.prices.reduce((sum, { count }) => sum + count, 0)).toBe(found.total);
	});

	it("keeps a list that names its order, as Stoa keeps it", async () => {
		const newest = async (query: string) => (await server.inject(`/products${query}`)).json<{ total: number }>().total;
		expect(await newest("?sort=newest")).toBe(PRODUCTS);
		await execute(database.url, `update products set is_active = false where id = '${idOf("product", 9)}'`);

		expect([await newest("?sort=newest"), await newest("")]).toEqual([PRODUCTS, PRODUCTS - 1]);
	});

	it("knows no product that there is not", async () => {
		expect((await server.inject(`/products/${idOf("product", PRODUCTS + 1)}`)).statusCode).toBe(404);
	});
});

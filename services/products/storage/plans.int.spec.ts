import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { findNewest, findProduct, pricesOf } from "./product.queries.ts";
import { commitStock, reserveStock, restoreStock } from "./reservation.store.ts";

/** PostgreSQL decides after five executions; one connection lets us see what it decided. */
const EXECUTIONS = 8;
const PRODUCTS = 10_000;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
	database = await freshDatabase("products");
	db = openDatabase({ url: database.url, applicationName: "plans", poolSize: 1 });
	await db.query(
		statement(
			"spec.fill",
			`with filled as (
				insert into products (id, name, sku, price, description)
				select gen_random_uuid(), 'Product ' || n, 'SKU-' || n, 10, repeat('As long as people write. ', 10) from generate_series(1, ${PRODUCTS}) as n returning id
			)
			insert into inventory (product_id, initial, available) select id, 1000, 1000 from filled`,
		),
	);
	await db.query(statement("spec.vacuum", "vacuum analyze"));
});
afterAll(async () => {
	await db.close();
	await database.drop();
});

const slice = { afterId: null, limit: 20, offset: 0, isCounted: true };
const list = () => findNewest(db, slice);

async function order(productIds: readonly string[]): Promise<void> {
	const reservationId = randomUUID();
	const lines = productIds.map((productId) => ({ productId, quantity: 1 }));
	const hold = { reservationId, orderId: randomUUID(), lines, movementId: randomUUID() };
	await reserveStock(db, { id: "c" }, { ...hold, expiresAt: "2100-01-01T00:00:00Z", now: new Date() });
	await commitStock(db, reservationId, randomUUID());
	await restoreStock(db, reservationId, randomUUID());
}

it("plans the hot statements once, and not at each execution", async () => {
	const ids = (await list()).rows.map(({ id }) => id).sort();
	for (let execution = 0; execution < EXECUTIONS; execution++) {
		await list();
		await findProduct(db, ids[execution]!, null);
		await pricesOf(db, ids.slice(0, 1 + (execution % 3)));
		await order(ids.slice(execution, execution + 1 + (execution % 3)));
	}

	const plans = await db.query(
		statement<{ name: string; isGeneric: boolean }>(
			"spec.plans",
			`select name, generic_plans > 0 as "isGeneric" from pg_prepared_statements where name not like 'spec.%' order by name`,
		),
	);
	expect(plans.filter(({ isGeneric }) => !isGeneric)).toEqual([]);
	expect(plans.map(({ name }) => name)).toEqual([
		...["products.find", "products.list", "products.quote"],
		...["reservations.commit", "reservations.reserve", "reservations.restore"],
	]);
});

it("cuts a page from an index, and counts the total in it", async () => {
	expect(await list()).toMatchObject({ total: PRODUCTS });

	const explain = `explain (costs off) execute "products.list"('ffffffff-ffff-ffff-ffff-ffffffffffff', 20, true)`;
	const lines = await db.query(statement<{ "QUERY PLAN": string }>("spec.explain", explain));
	const plan = lines.map((line) => line["QUERY PLAN"]).join("\n");

	expect(plan).toContain("Index Only Scan using products_on_sale");
	expect(plan).toContain("Index Scan Backward using products_on_sale");
	expect(plan).not.toMatch(/Seq Scan on (products|inventory)/);
});

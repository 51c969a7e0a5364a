import { afterAll, beforeAll, it } from "@jest/globals";
import { startProducts, ADMIN } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";
import * as P from "../contracts/products.ts";
import * as I from "../contracts/inventory.ts";
let s: RunningProducts;
beforeAll(async () => {
	s = await startProducts();
});
afterAll(() => s.stop());
it("smokes", async () => {
	console.log(await s.ask(P.SeedProducts, {}));
	console.log(JSON.stringify(await s.ask(P.ListProducts, { pageSize: 2 }), null, 1));
	console.log(await s.ask(P.ListCategories, {}));
	const p = await s.product({ lowStockThreshold: 5 });
	const r = await s.hold({ lines: [{ productId: p.id, quantity: 6 }] });
	console.log(await s.stockOf(p.id));
	await s.ask(I.CommitStock, { reservationId: r });
	console.log(await s.stockOf(p.id));
	await s.ask(I.RestoreStock, { reservationId: r });
	console.log(await s.stockOf(p.id), await s.ask(I.ListMovements, { productId: p.id }));
	console.log(
		await s.rows("select * from stock_discrepancies"),
		s.statements,
		await s.ask(P.UpdateProduct, { id: p.id, price: 11 }),
	);
	console.log(await s.ask(I.AdjustInventory, { productId: p.id, onHand: 3, reason: "count" }));
});

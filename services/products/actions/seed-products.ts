import type { Ctx } from "../../../mixins/define-service.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { SeedProducts } from "../../contracts/products.ts";
import { demoCatalogue } from "../domain/demo-catalogue.ts";
import type { DemoShelf } from "../domain/demo-catalogue.ts";
import { putOnSale } from "../domain/product.ts";
import type { Products } from "../products.context.ts";
import { ensureCategory, lockEmptyCatalogue } from "../storage/seed.ts";

/** Fills an empty catalogue in one transaction; nodes that start together fill it once. */
export async function seedProducts(this: Products, ctx: Ctx<typeof SeedProducts>): Promise<{ created: number }> {
	const shelves = demoCatalogue(this.config.currency);
	const created = await this.db.transaction(async (tx) => {
		if (!(await lockEmptyCatalogue(tx))) return 0;
		for (const shelf of shelves) await fill(this, tx, ctx, shelf);
		return shelves.flatMap(({ products }) => products).length;
	});
	this.wakeRelay();
	return { created };
}

async function fill(service: Products, tx: Queryable, ctx: Ctx<typeof SeedProducts>, shelf: DemoShelf): Promise<void> {
	const occasion = { now: service.now(), currency: service.config.currency };
	const categoryId = await ensureCategory(tx, { id: service.newId(), ...shelf.category });
	for (const { draft, stockQuantity } of shelf.products) {
		const decision = putOnSale(service.newId(), { ...draft, categoryId }, stockQuantity, occasion);
		await service.create(ctx, decision, undefined, tx);
	}
}

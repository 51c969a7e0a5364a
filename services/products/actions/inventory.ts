import type { Ctx } from "../../../mixins/define-service.ts";
import { once } from "../../../mixins/operations.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { AdjustInventory, GetInventory, Inventory, ListMovements, Movement } from "../../contracts/inventory.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { Listing } from "../../contracts/paging.ts";
import { ProductNotFound } from "../../contracts/products.ts";
import { expectVersion } from "../domain/access.ts";
import { differenceOf } from "../domain/stock.ts";
import type { Products } from "../products.context.ts";
import { adjustStock, findMovements, findStock, lockStock } from "../storage/stock.store.ts";
import type { StockRow } from "../storage/stock.store.ts";

export async function getInventory(this: Products, { params, meta }: Ctx<typeof GetInventory>): Promise<Inventory> {
	const stock = found(await findStock(this.db, params.productId, ownerScope(meta.principal)));
	meta.$version = stock.version;
	return viewOf(stock);
}

export async function adjustInventory(this: Products, ctx: Ctx<typeof AdjustInventory>): Promise<Inventory> {
	const inventory = await once(this.db, ctx, 200, (tx) => adjustIn(this, tx, ctx));
	this.wakeRelay();
	return inventory;
}

/** What is on hand already decides nothing, and leaves no movement. */
async function adjustIn(products: Products, tx: Queryable, ctx: Ctx<typeof AdjustInventory>): Promise<Inventory> {
	const { productId, reason, ...adjustment } = ctx.params;
	const vendorId = ownerScope(ctx.meta.principal);
	const before = found(await lockStock(tx, productId, vendorId));
	expectVersion(before, ctx.meta.expectedVersion);
	const difference = differenceOf(before, adjustment);
	ctx.meta.$version = before.version;
	if (difference === 0) return viewOf(before);

	const change = { movementId: products.newId(), productId, difference, reason, now: products.now() };
	await adjustStock(tx, ctx, change);
	ctx.meta.$version = before.version + 1;
	return viewOf(found(await findStock(tx, productId, vendorId)));
}

export function listMovements(this: Products, { params, meta }: Ctx<typeof ListMovements>): Promise<Listing<Movement>> {
	const { productId } = params;
	const vendorId = ownerScope(meta.principal);
	return listed(params, { productId }, async (slice) =>
		found(await findMovements(this.db, productId, vendorId, slice)),
	);
}

function found<T>(row: T | undefined): T {
	if (row === undefined) throw new ProductNotFound();
	return row;
}

const viewOf = ({ productId, onHand, reserved, available, sold }: StockRow): Inventory => ({
	productId,
	onHand,
	reserved,
	available,
	sold,
});

import type { Ctx } from "../../../mixins/define-service.ts";
import type { CommitStock, ReserveStock, RestoreStock, ReturnStock } from "../../contracts/inventory.ts";
import { summed } from "../domain/lines.ts";
import type { Products } from "../products.context.ts";
import * as reservations from "../storage/reservation.store.ts";

export async function reserve(this: Products, ctx: Ctx<typeof ReserveStock>): Promise<null> {
	const { lines, ...order } = ctx.params;
	const hold = { ...order, lines: summed(lines), movementId: this.newId(), now: this.now() };
	const isLow = await reservations.reserveStock(this.db, ctx, hold);
	if (isLow) this.wakeRelay();
	return null;
}

export async function commitStock(this: Products, { params }: Ctx<typeof CommitStock>): Promise<null> {
	await reservations.commitStock(this.db, params.reservationId, this.newId());
	return null;
}

export async function restoreStock(this: Products, { params }: Ctx<typeof RestoreStock>): Promise<null> {
	this.forgetStock(await reservations.restoreStock(this.db, params.reservationId, this.newId()));
	return null;
}

export async function returnStock(this: Products, { params }: Ctx<typeof ReturnStock>): Promise<null> {
	const { items, ...given } = params;
	await reservations.returnStock(this.db, { ...given, lines: summed(items), movementId: this.newId() });
	return null;
}

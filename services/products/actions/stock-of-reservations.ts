import type { Ctx } from "../../../mixins/define-service.ts";
import type { StockOfReservation, StockOfReservations } from "../../contracts/integrity.ts";
import type { Products } from "../products.context.ts";
import { stockOfReservations as find } from "../storage/audit.queries.ts";

export function stockOfReservations(
	this: Products,
	{ params }: Ctx<typeof StockOfReservations>,
): Promise<StockOfReservation[]> {
	return find(this.db, params.reservationIds, params.settledBefore);
}

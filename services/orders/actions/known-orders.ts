import type { Ctx } from "../../../mixins/define-service.ts";
import type { KnownOrders } from "../../contracts/integrity.ts";
import type { Orders } from "../orders.context.ts";
import { knownOrders as known } from "../storage/audit.queries.ts";

export function knownOrders(this: Orders, { params }: Ctx<typeof KnownOrders>): Promise<string[]> {
	return known(this.db, params.orderIds);
}

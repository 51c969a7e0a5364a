import type { Ctx } from "../../../mixins/define-service.ts";
import type { MoneyOfOrder, MoneyOfOrders } from "../../contracts/integrity.ts";
import type { Payments } from "../payments.context.ts";
import { moneyOfOrders as find } from "../storage/audit.queries.ts";

export function moneyOfOrders(this: Payments, { params }: Ctx<typeof MoneyOfOrders>): Promise<MoneyOfOrder[]> {
	return find(this.db, params.orderIds, params.settledBefore);
}

import { ownerScope } from "../../contracts/meta.ts";
import type { ListPayments } from "../../contracts/payments.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Payments } from "../payments.context.ts";
import { paymentsOfUser } from "../storage/payment-views.ts";

export function listPayments(this: Payments, ctx: Ctx<typeof ListPayments>) {
	const { userId } = ctx.params;
	const owner = ownerScope(ctx.meta.principal);
	return listed(ctx.params, { userId }, (slice) => paymentsOfUser(this.db, userId, owner, slice));
}

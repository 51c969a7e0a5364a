import { ownerScope } from "../../contracts/meta.ts";
import { PaymentNotFound } from "../../contracts/payments.ts";
import type { GetPayment } from "../../contracts/payments.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import type { Payments } from "../payments.context.ts";
import { viewPayment } from "../storage/payment-views.ts";

export async function getPayment(this: Payments, ctx: Ctx<typeof GetPayment>) {
	const found = await viewPayment(this.db, ctx.params.id, ownerScope(ctx.meta.principal));
	if (found === undefined) throw new PaymentNotFound();

	ctx.meta.$version = found.version;
	return found.view;
}

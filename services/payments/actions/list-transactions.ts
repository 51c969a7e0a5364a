import { ownerScope } from "../../contracts/meta.ts";
import { PaymentNotFound } from "../../contracts/payments.ts";
import type { ListTransactions } from "../../contracts/transactions.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Payments } from "../payments.context.ts";
import { viewPayment } from "../storage/payment-views.ts";
import { transactionsOf } from "../storage/transactions.ts";

export async function listTransactions(this: Payments, ctx: Ctx<typeof ListTransactions>) {
	const { id } = ctx.params;
	const payment = await viewPayment(this.db, id, ownerScope(ctx.meta.principal));
	if (payment === undefined) throw new PaymentNotFound();
	return listed(ctx.params, { id }, (slice) => transactionsOf(this.db, id, slice));
}

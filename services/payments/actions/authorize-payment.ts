import { OrderHasPayment } from "../../contracts/payments.ts";
import type { AuthorizePayment } from "../../contracts/payments.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { requireAuthorized } from "../domain/authorization.ts";
import { intend } from "../domain/intent.ts";
import type { Payments } from "../payments.context.ts";
import { settleAuthorization } from "../settlement/settle-authorization.ts";
import { findPayment } from "../storage/payment.repository.ts";

/** The keys are stored before the provider hears of them; a repeated step returns what was recorded. */
export async function authorizePayment(this: Payments, ctx: Ctx<typeof AuthorizePayment>): Promise<null> {
	const intent = intend(ctx.params, this.now());
	const isNew = await this.create(ctx, intent);
	// What was neither inserted nor there before gave way to another payment of the order.
	const payment = isNew ? intent.state : await findPayment(this.db, intent.state.id, OrderHasPayment);

	requireAuthorized(payment.status === "pending" ? await settleAuthorization(this, ctx, payment) : payment);
	return null;
}

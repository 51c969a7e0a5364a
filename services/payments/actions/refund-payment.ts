import { PaymentOutcomeUnknown, RefundUnresolved } from "../../contracts/payments.ts";
import type { Payment as PaymentView, RefundPayment } from "../../contracts/payments.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { claim, operationOf, replay, replayOf } from "../../../mixins/operations.ts";
import { beginRefund } from "../domain/refund.ts";
import type { RefundOrder } from "../domain/refund.ts";
import { viewOf } from "../domain/view.ts";
import type { Payments } from "../payments.context.ts";
import { settleRefund } from "../settlement/settle-refund.ts";

/**
 * The refund and the claim of its Idempotency-Key commit before the provider is called, its outcome and the answer
 * after; what happens between is finished by the refund recovery.
 */
export async function refundPayment(this: Payments, ctx: Ctx<typeof RefundPayment>): Promise<PaymentView> {
	const begun = await begin(this, ctx);
	if (begun.stored !== undefined) return replay(ctx, begun.stored);

	try {
		const payment = await settleRefund(this, ctx, begun.payment, begun.refund);
		ctx.meta.$version = payment.version;
		return viewOf(payment);
	} catch (error) {
		throw error instanceof PaymentOutcomeUnknown ? new RefundUnresolved() : error;
	}
}

async function begin(service: Payments, ctx: Ctx<typeof RefundPayment>) {
	const operation = operationOf(ctx);
	const { paymentId, amount, reason } = ctx.params;
	const order: RefundOrder = { id: service.newId(), amount, reason, operationKey: operation?.key ?? null };

	return service.db.transaction(async (tx) => {
		if (operation !== undefined && !(await claim(tx, operation))) return { stored: await replayOf(tx, operation) };

		const payment = await service.changeIn(tx, ctx, paymentId, (current) => beginRefund(current, order));
		const refund = payment.pendingRefunds.find(({ id }) => id === order.id);
		if (refund === undefined) throw new Error(`Refund ${order.id} was not begun.`);
		return { payment, refund };
	});
}

import { RefundRefused } from "../../contracts/payments.ts";
import type { RefundPart } from "../../contracts/payments.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { beginPromised } from "../domain/refund.ts";
import type { Payments } from "../payments.context.ts";
import { settleRefund } from "../settlement/settle-refund.ts";
import { findPayment, paymentRepository } from "../storage/payment.repository.ts";
import { findRefund } from "../storage/refunds.ts";
import type { StoredRefund } from "../storage/refunds.ts";

type PartCtx = Ctx<typeof RefundPart>;

/** The refund is recorded before the provider is called; sent again, it goes on where it was. */
export async function refundPart(this: Payments, ctx: PartCtx) {
	const { refundId, paymentId } = ctx.params;
	const { status, amountCents } = await begun(this, ctx);
	if (status === "done") return { refundedCents: amountCents };

	const payment = await findPayment(this.db, paymentId);
	const refund = payment.pendingRefunds.find(({ id }) => id === refundId);
	// What is not under way any more was settled this moment, by the recovery or by the same command.
	if (refund === undefined) return settled(await findRefund(this.db, refundId));
	await settleRefund(this, ctx, payment, refund);
	return { refundedCents: amountCents };
}

/**
 * The refund as it is recorded, or begun. One that the provider refused is begun anew, under another key: the first
 * key has its answer for ever, and that answer was that nothing happened.
 */
function begun(service: Payments, ctx: PartCtx): Promise<Pick<StoredRefund, "status" | "amountCents">> {
	const { refundId: id, paymentId, amountCents, reason } = ctx.params;
	return service.db.transaction(async (tx) => {
		// Read behind the payment's lock, so that the same refund, sent twice at once, is begun by one of them.
		await paymentRepository.lock(tx, paymentId);
		const known = await findRefund(tx, id);
		if (known !== undefined && known.paymentId !== paymentId) throw new RefundRefused({ reason: OTHER_PAYMENT });
		if (known !== undefined && known.status !== "refused") return known;

		const key = known === undefined ? `${id}:refund` : `${id}:refund:${service.newId()}`;
		const order = { id, key, amountCents, reason, operationKey: null };
		await service.changeIn(tx, ctx, paymentId, (current) => beginPromised(current, order));
		return { status: "pending", amountCents };
	});
}

const OTHER_PAYMENT = "this refundId belongs to another payment";

function settled(refund: StoredRefund | undefined) {
	if (refund?.status !== "done") throw new RefundRefused({ reason: refund?.refusal ?? "refused" });
	return { refundedCents: refund.amountCents };
}

import type { ResultOf } from "../../contracts/action.ts";
import { PaymentOutcomeUnknown } from "../../contracts/payments.ts";
import type { ReversePayment } from "../../contracts/payments.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { recordCapture, requireHeld } from "../domain/capture.ts";
import type { Payment } from "../domain/payment.ts";
import { beginRefundOfRest } from "../domain/refund.ts";
import { recordVoid } from "../domain/void.ts";
import type { Payments } from "../payments.context.ts";
import { settleAuthorization } from "./settle-authorization.ts";
import { settleRefund } from "./settle-refund.ts";

type Reversal = ResultOf<typeof ReversePayment>["outcome"];
type Context = Ctx<typeof ReversePayment>;

/**
 * Leads a payment to where nothing is held and nothing is kept, one recorded step at a time, so that a reversal
 * that was cut short goes on where it was.
 *
 * The dangerous one is `pending`: a request may still be on its way to the provider, or its answer on its way back,
 * and the process that waits for it may be dead. To mark the payment voided and hope would leave a hold behind.
 * So the question is settled first, by sending authorize again under the same key: the provider answers it once for
 * all, and every copy that arrives later gets that same answer and holds nothing more. Then what is held is let go.
 */
export async function reverse(service: Payments, ctx: Context, payment: Payment): Promise<Reversal> {
	switch (payment.status) {
		case "failed":
			return "nothing";
		case "voided":
			return payment.reference === null ? "nothing" : "voided";
		case "refunded":
			return "refunded";
		case "pending":
			return reverse(service, ctx, await settleAuthorization(service, ctx, payment));
		case "authorized":
			return reverse(service, ctx, await letGo(service, ctx, payment));
		case "captured":
		case "partially_refunded":
			return reverse(service, ctx, await giveBack(service, ctx, payment));
	}
}

async function letGo(service: Payments, ctx: Context, payment: Payment): Promise<Payment> {
	requireHeld(payment);
	const { id, keys, reference, amountCents, currency } = payment;
	const release = await service.provider.void({ key: keys.void, reference });
	if (release.status === "voided") return service.change(ctx, id, recordVoid, { from: payment });

	// The provider has taken the money and nobody has recorded it: that comes first, so that the ledger shows both.
	const capture = await service.provider.find("capture", { key: keys.capture, reference, amountCents, currency });
	if (capture?.status !== "captured") throw new PaymentOutcomeUnknown();
	return service.change(ctx, id, (current) => recordCapture(current, service.now()), { from: payment });
}

async function giveBack(service: Payments, ctx: Context, payment: Payment): Promise<Payment> {
	const [refund] = payment.pendingRefunds;
	if (refund !== undefined) return settleRefund(service, ctx, payment, refund);

	const refundId = service.newId();
	return service.change(ctx, payment.id, (current) => beginRefundOfRest(current, refundId, ctx.params.reason), {
		from: payment,
	});
}

import { PaymentNotCapturable } from "../../contracts/payments.ts";
import type { CapturePayment } from "../../contracts/payments.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { isTaken, recordCapture, requireHeld } from "../domain/capture.ts";
import type { Payments } from "../payments.context.ts";
import { findPayment } from "../storage/payment.repository.ts";

/** Takes the money at the provider, then records it with its transfer and its fact. What came late goes back: it pays nothing. */
export async function capturePayment(this: Payments, ctx: Ctx<typeof CapturePayment>): Promise<null> {
	const payment = await findPayment(this.db, ctx.params.paymentId);
	if (payment.isLate) throw new PaymentNotCapturable({ status: payment.status });
	if (isTaken(payment)) return null;
	requireHeld(payment);

	const { id, keys, reference, amountCents, currency } = payment;
	const outcome = await this.provider.capture({ key: keys.capture, reference, amountCents, currency });
	// The provider refuses only a hold that was let go, which the reversal is about to record.
	if (outcome.status === "refused") throw new PaymentNotCapturable({ status: "voided" });

	await this.change(ctx, id, (current) => recordCapture(current, this.now()), { from: payment });
	return null;
}

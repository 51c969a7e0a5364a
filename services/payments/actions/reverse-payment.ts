import type { ReversePayment } from "../../contracts/payments.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { tombstone } from "../domain/intent.ts";
import type { Payments } from "../payments.context.ts";
import { reverse } from "../settlement/reverse.ts";
import { findPayment } from "../storage/payment.repository.ts";

/** A payment that never began gets a tombstone, so that an authorize that comes late finds it voided. */
export async function reversePayment(this: Payments, ctx: Ctx<typeof ReversePayment>) {
	const never = tombstone(ctx.params, this.now());
	const isNew = await this.create(ctx, never);
	const payment = isNew ? never.state : await findPayment(this.db, ctx.params.paymentId);

	return { outcome: await reverse(this, ctx, payment) };
}

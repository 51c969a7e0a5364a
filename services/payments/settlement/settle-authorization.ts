import type { Cause } from "../../../mixins/events/outbox.ts";
import { recordAuthorization } from "../domain/authorization.ts";
import type { Payment } from "../domain/payment.ts";
import type { Payments } from "../payments.context.ts";

/**
 * Has the provider decide a pending payment, and records what it said.
 *
 * @throws PaymentOutcomeUnknown (retryable) when the provider cannot be reached
 */
export async function settleAuthorization(service: Payments, cause: Cause, payment: Payment): Promise<Payment> {
	const { id, orderId, userId, amountCents, currency, method, keys } = payment;
	const terms = { amountCents, currency, method: method ?? "", begunAt: payment.createdAt.toISOString() };
	const request = { key: keys.authorize, paymentId: id, orderId, userId, ...terms };
	const outcome = await service.provider.authorize(request);
	return service.change(cause, id, (current) => recordAuthorization(current, outcome, service.now()), {
		from: payment,
	});
}

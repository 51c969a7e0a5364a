import { complete } from "../../../mixins/operations.ts";
import type { Cause } from "../../../mixins/events/outbox.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { RefundRefused } from "../../contracts/payments.ts";
import { problemOf } from "../../contracts/problem.ts";
import type { Payment, Refund } from "../domain/payment.ts";
import { recordRefund } from "../domain/refund.ts";
import type { RefundOutcome } from "../domain/refund.ts";
import { viewOf } from "../domain/view.ts";
import type { Payments } from "../payments.context.ts";

/**
 * Has the provider give the money of a stored refund back, and records what it said together with the answer of
 * the operation that asked for it. Safe to repeat, and at the same time: the provider knows the refund by its key.
 *
 * @throws RefundRefused, PaymentOutcomeUnknown
 */
export async function settleRefund(
	service: Payments,
	cause: Cause,
	payment: Payment,
	refund: Refund,
): Promise<Payment> {
	const { id, amountCents, key } = refund;
	const { reference, currency } = payment;
	const outcome = await service.provider.refund({ key, reference: reference ?? "", amountCents, currency });
	const settled = await service.db.transaction(async (tx) => {
		const record = (current: Payment) => recordRefund(current, id, outcome, service.now());
		const state = await service.changeIn(tx, cause, payment.id, record);
		await answer(tx, cause, refund, outcome, state);
		return state;
	});
	if (outcome.status === "refused") throw new RefundRefused({ reason: outcome.reason });
	return settled;
}

/** A refusal by the provider is kept too: the same Idempotency-Key must not try again. */
async function answer(
	tx: Queryable,
	{ requestID }: Cause,
	{ operationKey }: Refund,
	outcome: RefundOutcome,
	state: Payment,
): Promise<void> {
	if (operationKey === null) return;
	if (outcome.status === "refunded") return complete(tx, operationKey, 201, JSON.stringify(viewOf(state)));

	const refusal = new RefundRefused({ reason: outcome.reason });
	await complete(tx, operationKey, refusal.code, JSON.stringify(problemOf(refusal, requestID ?? "")));
}

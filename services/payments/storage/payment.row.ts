import { minorFromDecimal } from "../../contracts/money.ts";
import type { PaymentStatus } from "../../contracts/payments.ts";
import type { Payment, Refund } from "../domain/payment.ts";

export interface RefundRow {
	readonly id: string;
	readonly amount: string;
	readonly key: string;
	readonly reason: string;
	readonly operationKey: string | null;
}

/** What clients may see of a payment. */
export interface PaymentViewRow {
	readonly id: string;
	readonly orderId: string;
	readonly userId: string;
	readonly amount: string;
	readonly refundedAmount: string;
	readonly currency: string;
	readonly method: string | null;
	readonly status: PaymentStatus;
	readonly version: number;
	readonly createdAt: Date;
}

export interface PaymentRow extends PaymentViewRow {
	readonly authorizeKey: string;
	readonly captureKey: string;
	readonly voidKey: string;
	readonly reference: string | null;
	readonly declineReason: string | null;
	readonly isLate: boolean;
	readonly refunds: readonly RefundRow[] | null;
}

export const VIEW_COLUMNS = `id, order_id as "orderId", user_id as "userId", amount, refunded_amount as "refundedAmount",
	currency, method, status, version, created_at as "createdAt"`;

export const PAYMENT_COLUMNS = `${VIEW_COLUMNS}, authorize_key as "authorizeKey", capture_key as "captureKey",
	void_key as "voidKey", reference, decline_reason as "declineReason", is_late as "isLate"`;

/** The amounts leave as text, so that no JSON number stands between DECIMAL and minor units. */
export const PENDING_REFUNDS = `(
	select json_agg(json_build_object('id', id, 'amount', amount::text, 'key', provider_key,
		'reason', reason, 'operationKey', operation_key) order by created_at, id)
	from refunds where payment_id = payments.id and status = 'pending')`;

export function amountsOf({ amount, refundedAmount, ...row }: PaymentViewRow) {
	return {
		...row,
		amountCents: minorFromDecimal(amount, row.currency),
		refundedCents: minorFromDecimal(refundedAmount, row.currency),
	};
}

export function paymentOf({ authorizeKey, captureKey, voidKey, refunds, ...row }: PaymentRow): Payment {
	const view = amountsOf(row);
	return {
		...view,
		reference: row.reference,
		declineReason: row.declineReason,
		isLate: row.isLate,
		keys: { authorize: authorizeKey, capture: captureKey, void: voidKey },
		pendingRefunds: (refunds ?? []).map((refund) => refundOf(refund, row.currency)),
	};
}

function refundOf({ amount, ...refund }: RefundRow, currency: string): Refund {
	return { ...refund, amountCents: minorFromDecimal(amount, currency) };
}

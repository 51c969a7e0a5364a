import { fromMinor } from "../../contracts/money.ts";
import type { Payment as PaymentView } from "../../contracts/payments.ts";
import type { Payment } from "./payment.ts";

/** A payment as clients see it. */
export const viewOf = (
	payment: Omit<Payment, "keys" | "pendingRefunds" | "reference" | "declineReason" | "isLate">,
): PaymentView => ({
	id: payment.id,
	orderId: payment.orderId,
	userId: payment.userId,
	amount: fromMinor(payment.amountCents, payment.currency),
	currency: payment.currency,
	status: payment.status,
	method: payment.method ?? "",
	refundedAmount: fromMinor(payment.refundedCents, payment.currency),
	createdAt: payment.createdAt.toISOString(),
});

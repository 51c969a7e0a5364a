import { fromMinor } from "../../contracts/money.ts";
import type { Payment } from "./payment.ts";

/** The body of a payment's fact. */
export const factOf = (payment: Payment, amountCents: number, now: Date, reason?: string) => ({
	paymentId: payment.id,
	orderId: payment.orderId,
	amount: fromMinor(amountCents, payment.currency),
	currency: payment.currency,
	...(reason !== undefined && { reason }),
	timestamp: now.toISOString(),
});

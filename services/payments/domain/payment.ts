import type { PaymentStatus } from "../../contracts/payments.ts";

/** The idempotency keys of a payment at its provider: the same over all attempts of a step. */
export interface ProviderKeys {
	readonly authorize: string;
	readonly capture: string;
	readonly void: string;
}

/** A refund that was decided here and whose outcome at the provider is not recorded yet. */
export interface Refund {
	readonly id: string;
	readonly amountCents: number;
	/** The idempotency key at the provider. */
	readonly key: string;
	readonly reason: string;
	/** The Idempotency-Key operation that waits for this refund's answer. */
	readonly operationKey: string | null;
}

export interface Payment {
	readonly id: string;
	readonly orderId: string;
	readonly userId: string;
	readonly amountCents: number;
	readonly refundedCents: number;
	readonly currency: string;
	/** Null for a payment that was undone before it began. */
	readonly method: string | null;
	readonly status: PaymentStatus;
	readonly keys: ProviderKeys;
	/** The hold at the provider. */
	readonly reference: string | null;
	readonly declineReason: string | null;
	/** Taken although it had ended; all of it is on its way back. */
	readonly isLate: boolean;
	readonly pendingRefunds: readonly Refund[];
	readonly version: number;
	readonly createdAt: Date;
}

/** The next state: the version counts the saved ones. */
export const moved = (payment: Payment, to: Partial<Payment>): Payment => ({
	...payment,
	...to,
	version: payment.version + 1,
});

import type { ParamsOf } from "../../contracts/action.ts";
import type { AuthorizePayment, ReversePayment } from "../../contracts/payments.ts";
import { unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import type { ProviderKeys } from "./payment.ts";

/** ISO 4217 for "no currency is involved". */
export const NO_CURRENCY = "XXX";

const keysOf = (id: string): ProviderKeys => ({
	authorize: `${id}:authorize`,
	capture: `${id}:capture`,
	void: `${id}:void`,
});

const fresh = { refundedCents: 0, reference: null, declineReason: null, isLate: false, pendingRefunds: [], version: 1 };

/** A payment that is about to be asked of the provider; stored first, so that its keys outlive the process. */
export function intend(command: ParamsOf<typeof AuthorizePayment>, now: Date): Decision {
	const { paymentId: id, ...terms } = command;
	return unchanged({ ...fresh, ...terms, id, keys: keysOf(id), status: "pending", createdAt: now });
}

/** Stands in for a payment that never began, so that an authorize that comes late is refused. */
export function tombstone(command: ParamsOf<typeof ReversePayment>, now: Date): Decision {
	const { paymentId: id, orderId, userId } = command;
	const nothing = { amountCents: 0, currency: NO_CURRENCY, method: null, status: "voided" } as const;
	return unchanged({ ...fresh, ...nothing, id, orderId, userId, keys: keysOf(id), createdAt: now });
}

import { unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { moved } from "./payment.ts";
import type { Payment } from "./payment.ts";
import { transaction } from "./transaction.ts";

/** Records that the provider let the hold go. */
export function recordVoid(payment: Payment): Decision {
	if (payment.status !== "authorized") return unchanged(payment);
	return { ...unchanged(moved(payment, { status: "voided" })), history: [transaction("voided", payment)] };
}

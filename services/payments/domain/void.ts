import { unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { moved } from "./payment.ts";
import type { Payment } from "./payment.ts";

/** Records that the provider let the hold go. */
export function recordVoid(payment: Payment): Decision {
	return unchanged(payment.status === "authorized" ? moved(payment, { status: "voided" }) : payment);
}

import type { Event } from "../../contracts/event.ts";
import type { Transfer } from "./ledger.ts";
import type { Payment, Refund } from "./payment.ts";

/** A refund as it is stored: begun, or with its outcome. */
export interface RefundRecord extends Refund {
	readonly status: "pending" | "done" | "refused";
}

/** What a rule decided; all of it commits in one statement. */
export interface Decision {
	readonly state: Payment;
	readonly events: readonly Event[];
	readonly transfers: readonly Transfer[];
	readonly refunds: readonly RefundRecord[];
}

/** A state without consequences. */
export const unchanged = (state: Payment): Decision => ({ state, events: [], transfers: [], refunds: [] });

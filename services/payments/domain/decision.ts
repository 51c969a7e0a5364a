import type { Event } from "../../contracts/event.ts";
import type { Transfer } from "./ledger.ts";
import type { Payment, Refund } from "./payment.ts";
import type { Transaction } from "./transaction.ts";

/** A refund as it is stored: begun, or with its outcome. */
export interface RefundRecord extends Refund {
	readonly status: "pending" | "done" | "refused";
	/** Why the provider refused it. */
	readonly refusal?: string;
}

/** What a rule decided; all of it commits in one statement. */
export interface Decision {
	readonly state: Payment;
	readonly events: readonly Event[];
	readonly transfers: readonly Transfer[];
	readonly refunds: readonly RefundRecord[];
	/** What is added to the payment's history. */
	readonly history: readonly Transaction[];
}

/** A state without consequences. */
export const unchanged = (state: Payment): Decision => ({ state, events: [], transfers: [], refunds: [], history: [] });

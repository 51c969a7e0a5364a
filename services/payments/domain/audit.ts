import type { PaymentStatus } from "../../contracts/payments.ts";
import { isTaken } from "./capture.ts";

export const LEDGER_FLAWS = ["ledger-mismatch", "capture-doubled"] as const;

/** What is wrong with a payment. */
export interface Flaw {
	readonly kind: (typeof LEDGER_FLAWS)[number];
	readonly detail: string;
}

/** A payment with what the ledger and its refunds tell of it, as of one instant. */
export interface AuditedPayment {
	readonly status: PaymentStatus;
	readonly amountCents: number;
	readonly refundedCents: number;
	/** Of the refunds that are done. */
	readonly refundsCents: number;
	/** Transfers from sales to the provider, and back; in the payment's currency. */
	readonly bookedCents: number;
	readonly bookedBackCents: number;
	/** Payments of the same order that are begun, held or taken, this one included. */
	readonly standing: number;
}

/** The ledger has exactly what was captured and given back, and an order has one payment that stands. */
export function flawsOf(payment: AuditedPayment): Flaw[] {
	const { amountCents, refundedCents, refundsCents, bookedCents, bookedBackCents, standing } = payment;
	const takenCents = isTaken(payment) ? amountCents : 0;
	const pairs = [
		["captured", takenCents, bookedCents],
		["refunded", refundedCents, bookedBackCents],
		["refunded", refundedCents, refundsCents],
	] as const;
	const doubled = { kind: "capture-doubled", detail: `is one of ${standing} payments of its order` } as const;
	const wrong = pairs.find(([, stored, told]) => stored !== told);
	return [...(wrong === undefined ? [] : [mismatch(wrong[0], wrong[1], wrong[2])]), ...(standing > 1 ? [doubled] : [])];
}

const mismatch = (what: string, stored: number, told: number): Flaw => ({
	kind: "ledger-mismatch",
	detail: `has ${stored} ${what}, and ledger or refunds tell of ${told}`,
});

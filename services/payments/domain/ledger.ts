/**
 * One row moves an amount from the credit account to the debit account, so the ledger balances by construction.
 * `provider` is what the provider owes the shop, `sales` what the shop has earned.
 */
export interface Transfer {
	readonly debitAccount: Account;
	readonly creditAccount: Account;
	readonly amountCents: number;
	readonly currency: string;
	/** Null for a capture. */
	readonly refundId: string | null;
}

export type Account = "provider" | "sales";

interface Money {
	readonly amountCents: number;
	readonly currency: string;
}

/** Nothing is booked for a free order: an amount in the ledger is positive. */
export function bookCapture({ amountCents, currency }: Money): Transfer[] {
	if (amountCents === 0) return [];
	return [{ debitAccount: "provider", creditAccount: "sales", amountCents, currency, refundId: null }];
}

export const bookRefund = ({ amountCents, currency }: Money, refundId: string): Transfer[] => [
	{ debitAccount: "sales", creditAccount: "provider", amountCents, currency, refundId },
];

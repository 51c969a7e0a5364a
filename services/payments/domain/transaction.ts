import type { TransactionType } from "../../contracts/transactions.ts";

/** One thing that happened to a payment's money; the list of them is its history. */
export interface Transaction {
	readonly type: TransactionType;
	readonly amountCents: number;
	readonly currency: string;
	/** Why it was declined, refused or given back. */
	readonly reason: string | null;
	readonly refundId: string | null;
}

interface Money {
	readonly amountCents: number;
	readonly currency: string;
}

export const transaction = (
	type: TransactionType,
	{ amountCents, currency }: Money,
	reason: string | null = null,
	refundId: string | null = null,
): Transaction => ({ type, amountCents, currency, reason, refundId });

import { z } from "zod";
import { defineAction } from "./action.ts";
import { Currency } from "./money.ts";
import { listOf, listParams } from "./paging.ts";
import { PaymentNotFound } from "./payments.ts";
import { Id, Timestamp } from "./text.ts";

/** What can happen to a payment's money. `released`: a hold that nobody wanted any more was let go. */
export const TRANSACTION_TYPES = [
	"authorized",
	"declined",
	"captured",
	"voided",
	"refunded",
	"refund_refused",
	"released",
] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

export const Transaction = z.object({
	id: Id,
	type: z.enum(TRANSACTION_TYPES),
	amount: z.number(),
	currency: Currency,
	reason: z.string().nullable(),
	/** The accounts that the ledger moved the amount between; null for what moves no money. */
	ledger: z.object({ debit: z.string(), credit: z.string() }).nullable(),
	createdAt: Timestamp,
});
export type Transaction = z.output<typeof Transaction>;

export const ListTransactions = defineAction("payments.transactions", {
	summary: "What happened to the money of a payment, newest first: the provider's steps with their ledger transfers.",
	params: listParams({ id: Id }),
	result: listOf(Transaction),
	errors: [PaymentNotFound],
});

export const TRANSACTION_ACTIONS = [ListTransactions];

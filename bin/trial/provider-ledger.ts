import { readFileSync } from "node:fs";
import type { Effect } from "../../services/payments/providers/journal.ts";

/** What the provider itself says it holds and has taken, in minor units, by payment. */
export interface ProviderBalance {
	readonly heldCents: number;
	readonly takenCents: number;
}

const SIGNS = { authorized: [1, 0], captured: [-1, 1], voided: [-1, 0], refunded: [0, -1], declined: [0, 0] } as const;

/** The provider's own journal as an oracle: it was written by nobody who is judged here. */
export function providerBalances(journal: string): Map<string, ProviderBalance> {
	const balances = new Map<string, ProviderBalance>();
	const payments = new Map<string | null, string>();
	for (const { key, kind, reference, amountCents } of effectsOf(journal)) {
		if (kind === "authorized") payments.set(reference, key.split(":")[0] ?? "");
		const paymentId = payments.get(reference) ?? key;
		const { heldCents, takenCents } = balances.get(paymentId) ?? { heldCents: 0, takenCents: 0 };
		const [held, taken] = SIGNS[kind];
		balances.set(paymentId, {
			heldCents: heldCents + held * amountCents,
			takenCents: takenCents + taken * amountCents,
		});
	}
	return balances;
}

const effectsOf = (path: string): Effect[] =>
	readFileSync(path, "utf8")
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as Effect);

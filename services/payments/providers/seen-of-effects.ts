import type { SeenPayment } from "../domain/seen.ts";
import type { Effect } from "./journal.ts";

const STATUS = { authorized: "held", captured: "captured", refunded: "captured", voided: "voided" } as const;

/** What the test provider tells of a hold, from all that happened to it; undefined when nothing did. */
export function seenOf(life: readonly Effect[]): SeenPayment | undefined {
	const [hold] = life;
	const last = life.at(-1);
	if (hold === undefined || last === undefined || hold.reference === null || last.kind === "declined") return undefined;

	const refunds = life.filter(({ kind }) => kind === "refunded");
	return {
		reference: hold.reference,
		paymentId: hold.key.split(":")[0] ?? null,
		status: STATUS[last.kind],
		amountCents: hold.amountCents,
		...(hold.currency !== undefined && { currency: hold.currency }),
		returns: refunds.map(({ key, amountCents }) => ({ reference: key, key, amountCents, status: "done", reason: "" })),
		isDisputed: false,
		begunAt: new Date(hold.at),
	};
}

import type { PaymentStatus } from "../../contracts/payments.ts";
import { returnedCents } from "./seen.ts";
import type { SeenPayment } from "./seen.ts";

export const DIFFERENCES = [
	"provider-unknown",
	"provider-missing",
	"provider-status",
	"provider-amount",
	"provider-refund",
	"provider-dispute",
] as const;

export interface Difference {
	readonly kind: (typeof DIFFERENCES)[number];
	/** `payment <id>`, or the provider's own name of one that is not ours. */
	readonly subject: string;
	readonly detail: string;
}

/** A payment with what the ledger says of it. */
export interface BookedPayment {
	readonly id: string;
	readonly reference: string | null;
	readonly status: PaymentStatus;
	readonly amountCents: number;
	readonly currency: string;
	/** Transfers from sales to the provider, and back. */
	readonly bookedCents: number;
	readonly bookedBackCents: number;
}

type Status = SeenPayment["status"];

/** What the provider may say of a payment of ours that rests. */
const AGREES: Readonly<Record<PaymentStatus, readonly Status[]>> = {
	pending: [],
	authorized: ["held"],
	captured: ["captured"],
	partially_refunded: ["captured"],
	refunded: ["captured"],
	voided: ["voided", "declined", "open"],
	failed: ["declined", "voided", "open"],
};

/** Where provider, payments and ledger contradict each other; money that nobody here knows is told first of all. */
export function differencesOf(seen: SeenPayment, ours: BookedPayment | undefined): Difference[] {
	if (ours === undefined) return hasMoney(seen) ? [unknown(seen)] : [];
	if (isSurplus(seen, ours)) return hasMoney(seen) ? [surplus(seen, ours)] : [];

	const subject = subjectOf(ours);
	const say = (kind: Difference["kind"], detail: string) => [{ kind, subject, detail }];
	const disputed = seen.isDisputed ? say("provider-dispute", `${seen.reference} is disputed`) : [];
	if (!AGREES[ours.status].includes(seen.status)) {
		return [...say("provider-status", `is ${ours.status} here, and ${seen.status} at the provider`), ...disputed];
	}
	return [...amounts(seen, ours).flatMap(([kind, detail]) => say(kind, detail)), ...disputed];
}

/** Everything that a comparison of the two may tell of. */
export function subjectsOf(seen: SeenPayment, ours: BookedPayment | undefined): string[] {
	const there = foreignSubject(seen.reference);
	return ours === undefined || isSurplus(seen, ours) ? [there] : [subjectOf(ours), there];
}

export const subjectOf = ({ id }: Pick<BookedPayment, "id">): string => `payment ${id}`;
export const foreignSubject = (reference: string): string => `provider payment ${reference}`;

/** Ours that the provider should know, and does not. A payment of nothing never gets there. */
export const isExpectedThere = ({ status, amountCents }: BookedPayment): boolean =>
	amountCents > 0 && ["authorized", "captured", "partially_refunded", "refunded"].includes(status);

export const missing = (ours: BookedPayment): Difference => ({
	kind: "provider-missing",
	subject: subjectOf(ours),
	detail: `is ${ours.status} here, and the provider does not know it`,
});

/** Made for a payment that has another at the provider. */
const isSurplus = (seen: SeenPayment, { reference }: BookedPayment): boolean =>
	reference !== null && reference !== seen.reference;

/** A hold counts as well, and what was given back in full does not. */
const hasMoney = (seen: SeenPayment): boolean =>
	seen.status === "held" || (seen.status === "captured" && returnedCents(seen) < seen.amountCents);

const unknown = ({ reference, status, amountCents }: SeenPayment): Difference => ({
	kind: "provider-unknown",
	subject: foreignSubject(reference),
	detail: `${amountCents} are ${status} at the provider as ${reference}, and no payment here knows of it`,
});

/** Told by the provider's name of it: what is told of the payment itself stands and falls without it. */
const surplus = (seen: SeenPayment, ours: BookedPayment): Difference => ({
	...unknown(seen),
	detail: `${seen.amountCents} are ${seen.status} at the provider as ${seen.reference}, beside ${subjectOf(ours)}`,
});

function amounts(seen: SeenPayment, ours: BookedPayment): [Difference["kind"], string][] {
	const currency = seen.currency ?? ours.currency;
	const isTaken = seen.status === "captured";
	const there = `${seen.amountCents} ${currency}`;
	const here = `${isTaken ? ours.bookedCents : ours.amountCents} ${ours.currency}`;
	const isMoney = isTaken || seen.status === "held";
	const back = returnedCents(seen);
	return [
		...(isMoney && there !== here ? [["provider-amount", `has ${here} here, and ${there} there`] as const] : []),
		...(back !== ours.bookedBackCents
			? [["provider-refund", `has given back ${ours.bookedBackCents} here, and ${back} there`] as const]
			: []),
	].map(([kind, detail]) => [kind, detail]);
}

import { Id } from "../../contracts/text.ts";
import { differencesOf, subjectsOf } from "../domain/reconciliation.ts";
import type { Difference } from "../domain/reconciliation.ts";
import type { SeenPayment } from "../domain/seen.ts";
import type { Payments } from "../payments.context.ts";
import { bookedPayments, forgetDifferences, movingPayments, tellDifferences } from "../storage/reconciliation.ts";

/** What was begun or changed a shorter time ago may still be on its way. */
export const SETTLE_MS = 60_000;

export type Comparing = Pick<Payments, "db" | "provider" | "now">;

export interface Compared {
	/** How many payments rested and were compared. */
	readonly checked: number;
	readonly subjects: readonly string[];
	readonly found: readonly Difference[];
}

/** Compares what the provider has with ours, and leaves out what moves. */
export async function compare(service: Comparing, page: readonly SeenPayment[]): Promise<Compared> {
	const ids = idsOf(page);
	const ours = new Map((await bookedPayments(service.db, ids)).map((booked) => [booked.id, booked]));
	const moving = await movingPayments(service.db, ids, settledBefore(service));
	const rows = page.filter(({ paymentId }) => !moving.has(paymentId ?? ""));
	return {
		checked: rows.length,
		subjects: rows.flatMap((seen) => subjectsOf(seen, ours.get(seen.paymentId ?? ""))),
		found: rows.flatMap((seen) => differencesOf(seen, ours.get(seen.paymentId ?? ""))),
	};
}

/**
 * Whether one payment agrees with the books, moving or not; then nothing stands of it any more.
 *
 * @param at before the payment was looked at
 */
export async function isInOrder(service: Comparing, seen: SeenPayment, at: Date): Promise<boolean> {
	const [ours] = await bookedPayments(service.db, idsOf([seen]));
	if (differencesOf(seen, ours).length > 0) return false;
	await forgetDifferences(service.db, subjectsOf(seen, ours), at);
	return true;
}

/**
 * Tells what differs in one payment, whatever its age.
 *
 * @param at before the payment was looked at
 * @returns false when it differs and moves, so that it is too early to tell
 */
export async function tellOfOne(service: Comparing, seen: SeenPayment, at: Date): Promise<boolean> {
	if (await isInOrder(service, seen, at)) return true;
	const { checked, subjects, found } = await compare(service, [seen]);
	await tellDifferences(service.db, subjects, found, at);
	return checked > 0;
}

const idsOf = (page: readonly SeenPayment[]): string[] =>
	page.flatMap(({ paymentId }) => Id.safeParse(paymentId).data ?? []);

export const settledBefore = (service: Comparing): Date => new Date(service.now().getTime() - SETTLE_MS);

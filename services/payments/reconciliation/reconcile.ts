import { differencesOf, isExpectedThere, missing } from "../domain/reconciliation.ts";
import type { BookedPayment, Difference } from "../domain/reconciliation.ts";
import type { SeenPayment } from "../domain/seen.ts";
import { Id } from "../../contracts/text.ts";
import type { Payments } from "../payments.context.ts";
import type { Window } from "../providers/provider.ts";
import {
	bookedInWindow,
	bookedPayments,
	keepReconciliation,
	movingPayments,
	tellDifferences,
} from "../storage/reconciliation.ts";

/** What was begun or changed a shorter time ago may still be on its way. */
export const SETTLE_MS = 60_000;

type Service = Pick<Payments, "db" | "provider" | "now">;

interface Compared {
	readonly subjects: readonly string[];
	readonly found: readonly Difference[];
}

/**
 * Compares all payments that the provider lists for a window with ours and with the ledger, and then ours with what it
 * listed. Differences are told, and nothing is repaired: whoever repairs must know why.
 */
export async function reconcile(service: Service, window: Window) {
	const at = service.now();
	const listed = new Set<string>();
	let [checked, differences] = [0, 0];
	const tell = async ({ subjects, found }: Compared) => {
		checked += subjects.length;
		differences += found.length;
		await tellDifferences(service.db, subjects, found, at);
	};

	for (let after: string | null = null, isMore = true; isMore; isMore = after !== null) {
		const page = await service.provider.list(window, after);
		for (const { paymentId } of page.rows) listed.add(paymentId ?? "");
		await tell(await compare(service, page.rows));
		after = page.next;
	}
	for (let after: string | undefined | null = null; after !== undefined;) {
		const page: BookedPayment[] = await bookedInWindow(service.db, window, after);
		await tell(
			await compareOurs(
				service,
				page.filter((ours) => isExpectedThere(ours) && !listed.has(ours.id)),
			),
		);
		after = page.at(-1)?.id;
	}
	await keepReconciliation(service.db, window, checked, differences);
	return { checked, differences };
}

async function compare(service: Service, page: readonly SeenPayment[]): Promise<Compared> {
	const ids = page.flatMap(({ paymentId }) => Id.safeParse(paymentId).data ?? []);
	const ours = new Map((await bookedPayments(service.db, ids)).map((booked) => [booked.id, booked]));
	const moving = await movingPayments(service.db, ids, settledBefore(service));
	const rows = page.filter(({ paymentId }) => !moving.has(paymentId ?? ""));
	return {
		subjects: rows.flatMap(({ paymentId, reference }) => [`payment ${paymentId}`, `provider payment ${reference}`]),
		found: rows.flatMap((seen) => differencesOf(seen, ours.get(seen.paymentId ?? ""))),
	};
}

/** Ours that were not listed are looked for one by one: they may have been begun on the edge of the window. */
async function compareOurs(service: Service, page: readonly BookedPayment[]): Promise<Compared> {
	const ids = page.map(({ id }) => id);
	const moving = await movingPayments(service.db, ids, settledBefore(service));
	const resting = page.filter(({ id }) => !moving.has(id));
	const found: Difference[] = [];
	for (const ours of resting) {
		const seen = ours.reference === null ? undefined : await service.provider.look(ours.reference);
		found.push(...(seen === undefined ? [missing(ours)] : differencesOf(seen, ours)));
	}
	return { subjects: resting.map(({ id }) => `payment ${id}`), found };
}

const settledBefore = (service: Service): Date => new Date(service.now().getTime() - SETTLE_MS);

import { differencesOf, foreignSubject, isExpectedThere, missing, subjectOf } from "../domain/reconciliation.ts";
import type { BookedPayment, Difference } from "../domain/reconciliation.ts";
import type { Reconciled } from "../storage/reconciliation.ts";
import {
	bookedInWindow,
	bookedPayments,
	keepReconciliation,
	movingPayments,
	standingBefore,
	tellDifferences,
} from "../storage/reconciliation.ts";
import { compare, settledBefore } from "./compare.ts";
import type { Compared, Comparing } from "./compare.ts";

/**
 * Compares all payments that the provider lists for a window with ours and with the ledger, then ours with what it
 * listed, and then what stands from earlier runs. Differences are told, and nothing is repaired: whoever repairs must
 * know why.
 */
export async function reconcile(service: Comparing, window: Reconciled) {
	const at = service.now();
	let [checked, differences] = [0, 0];
	for await (const compared of comparisons(service, window, at)) {
		checked += compared.checked;
		differences += compared.found.length;
		await tellDifferences(service.db, compared.subjects, compared.found, at);
	}
	await keepReconciliation(service.db, window, checked, differences);
	return { checked, differences };
}

async function* comparisons(service: Comparing, window: Reconciled, at: Date): AsyncGenerator<Compared> {
	const listed = new Set<string>();
	for (let after: string | null = null, isMore = true; isMore; isMore = after !== null) {
		const page = await service.provider.list(window, after);
		for (const { paymentId } of page.rows) listed.add(paymentId ?? "");
		yield await compare(service, page.rows);
		after = page.next;
	}
	for (let after: string | undefined | null = null; after !== undefined;) {
		const page: BookedPayment[] = await bookedInWindow(service.db, window, after);
		const unlisted = page.filter((ours) => isExpectedThere(ours) && !listed.has(ours.id));
		yield await compareOurs(service, unlisted);
		after = page.at(-1)?.id;
	}
	yield* compareStanding(service, at);
}

/** What stands and was not listed is looked at by itself, a page of it a run, so that it goes when it is settled. */
async function* compareStanding(service: Comparing, at: Date): AsyncGenerator<Compared> {
	const standing = await standingBefore(service.db, at);
	const ids = standing.flatMap(({ paymentId }) => paymentId ?? []);
	yield await compareOurs(service, await bookedPayments(service.db, ids));
	for (const { paymentId, reference } of standing) {
		if (paymentId === null) yield await compareForeign(service, reference);
	}
}

/** Ours that were not listed are looked for one by one: they may have been begun on the edge of the window. */
async function compareOurs(service: Comparing, page: readonly BookedPayment[]): Promise<Compared> {
	const ids = page.map(({ id }) => id);
	const moving = await movingPayments(service.db, ids, settledBefore(service));
	const resting = page.filter(({ id }) => !moving.has(id));
	const found: Difference[] = [];
	for (const ours of resting) {
		const seen = ours.reference === null ? undefined : await service.provider.look(ours.reference);
		found.push(...(seen === undefined ? unseen(ours) : differencesOf(seen, ours)));
	}
	return { checked: resting.length, subjects: resting.map(subjectOf), found };
}

const unseen = (ours: BookedPayment): Difference[] => (isExpectedThere(ours) ? [missing(ours)] : []);

async function compareForeign(service: Comparing, reference: string): Promise<Compared> {
	const seen = await service.provider.look(reference);
	return seen === undefined
		? { checked: 1, subjects: [foreignSubject(reference)], found: [] }
		: compare(service, [seen]);
}

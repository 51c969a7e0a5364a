import { holdLease, releaseLease } from "../../../mixins/events/lease.ts";
import type { Audit } from "../../../mixins/integrity/audit.ts";
import type { Chore } from "../../../mixins/upkeep.mixin.ts";
import type { ParamsOf } from "../../contracts/action.ts";
import type { Reconcile } from "../../contracts/reconciliation.ts";
import { DIFFERENCES } from "../domain/reconciliation.ts";
import type { Payments } from "../payments.context.ts";
import type { Window } from "../providers/provider.ts";
import { comparedUntil, standingDifferences } from "../storage/reconciliation.ts";
import { SETTLE_MS } from "./compare.ts";
import { reconcile } from "./reconcile.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WINDOW_MS = 2 * DAY_MS;
const LEASE = "reconciliation";

/** Once a day, by one of the nodes; days that nobody could compare are made up for. */
export const reconcileDaily: Chore<Payments> = {
	name: "reconcile with the provider",
	everyMs: HOUR_MS,
	async work(service) {
		const window = dueWindow(service.now().getTime(), await comparedUntil(service.db));
		if (window === undefined) return;
		const fence = await holdLease(service.db, LEASE, service.broker.nodeID, HOUR_MS);
		if (fence === undefined) return;
		const { checked, differences } = await reconcile(service, { ...window, isDaily: true });
		service.logger.info(`Reconciled ${checked} payments with the provider: ${differences} differences.`);
		await releaseLease(service.db, LEASE, service.broker.nodeID);
	},
};

/**
 * What is to be compared at this moment, if anything is: the last two days, or more where the last comparison is longer
 * ago, so that each payment is compared on the day it was made and on the next.
 *
 * @param until where the last daily comparison ended
 */
export function dueWindow(nowMs: number, until: Date | null): Window | undefined {
	const toMs = nowMs - SETTLE_MS;
	if (until !== null && toMs - until.getTime() < DAY_MS) return undefined;
	const fromMs = Math.min(toMs - WINDOW_MS, (until?.getTime() ?? toMs) - DAY_MS);
	return { from: new Date(fromMs), to: new Date(toMs) };
}

/** The window that was asked for, or the last two days; what happened a moment ago is left to the next. */
export function windowOf(service: Pick<Payments, "now">, { from, to }: ParamsOf<typeof Reconcile>) {
	const nowMs = service.now().getTime();
	const until = to === undefined ? new Date(nowMs - SETTLE_MS) : new Date(to);
	return { from: from === undefined ? new Date(until.getTime() - WINDOW_MS) : new Date(from), to: until };
}

/** What the last comparison found stands until the next finds it in order. */
export const providerAudit: Audit = {
	name: "the provider's payments",
	kinds: DIFFERENCES,
	async chunk(_payments, { db }) {
		const findings = await standingDifferences(db);
		return { findings, checked: findings.length, next: null };
	},
};

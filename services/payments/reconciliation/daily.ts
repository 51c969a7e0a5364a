import { holdLease, releaseLease } from "../../../mixins/events/lease.ts";
import type { Audit } from "../../../mixins/integrity/audit.ts";
import type { Chore } from "../../../mixins/upkeep.mixin.ts";
import type { ParamsOf } from "../../contracts/action.ts";
import type { Reconcile } from "../../contracts/reconciliation.ts";
import { DIFFERENCES } from "../domain/reconciliation.ts";
import type { Payments } from "../payments.context.ts";
import { lastReconciliation, standingDifferences } from "../storage/reconciliation.ts";
import { SETTLE_MS } from "./compare.ts";
import { reconcile } from "./reconcile.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Each payment is compared on the day it was made and on the next. */
const WINDOW_MS = 2 * DAY_MS;
const LEASE = "reconciliation";

/** Once a day, by one of the nodes. */
export const reconcileDaily: Chore<Payments> = {
	name: "reconcile with the provider",
	everyMs: HOUR_MS,
	async work(service) {
		const last = await lastReconciliation(service.db);
		if (last !== undefined && service.now().getTime() - last.getTime() < DAY_MS) return;
		const fence = await holdLease(service.db, LEASE, service.broker.nodeID, HOUR_MS);
		if (fence === undefined) return;
		const { checked, differences } = await reconcile(service, windowOf(service, {}));
		service.logger.info(`Reconciled ${checked} payments with the provider: ${differences} differences.`);
		await releaseLease(service.db, LEASE, service.broker.nodeID);
	},
};

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

import type { ServiceSchema } from "moleculer";
import { auditOf } from "../services/contracts/integrity.ts";
import { defineMixin, query } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import { holdLease, LEASE_MS, releaseLease } from "./events/lease.ts";
import { Worker } from "./events/worker.ts";
import { bounded } from "./integrity/audit.ts";
import type { Audit, Scope } from "./integrity/audit.ts";
import { Auditor, reportOf } from "./integrity/auditor.ts";
import type { Listeners, Report } from "./integrity/auditor.ts";
import { config } from "./integrity/config.ts";
import type { IntegrityConfig } from "./integrity/config.ts";
import { metricsOf } from "./metrics/registry.ts";
import type { SqlMethods } from "./sql.mixin.ts";

const LEASE = "integrity";

type This = StoaService &
	SqlMethods & {
		integrity: IntegrityConfig;
		auditor: Auditor<This>;
		auditing: Worker;
		/** The report being made: who asks meanwhile gets the same. */
		auditReport: Promise<Report> | undefined;
		/** The first turn is one interval after the start, when what a crash left has been resumed. */
		hasAuditRested: boolean;
	};

const scopeOf = (service: This): Scope => ({
	db: bounded(service.db),
	settledBefore: new Date(service.now().getTime() - service.integrity.settleMs),
});

const faultLog =
	({ logger }: This): Listeners["onFault"] =>
	(audit, error) =>
		logger.warn(`Could not audit ${audit}, will try again:`, error);

function listenersOf(service: This): Listeners {
	const { logger, broker, name } = service;
	const help = "Stored things that contradict each other or wait too long, by what the periodic check found.";
	const gauge = metricsOf(broker)?.gauge("stoa_integrity_findings", help, ["service", "kind"]);
	return {
		onNew: ({ kind, subject, detail, since }) =>
			logger.error(`Integrity: ${kind}, ${subject}: ${detail} (since ${since})`),
		onGone: ({ kind, subject }) => logger.warn(`Integrity: ${kind}, ${subject}: is in order again.`),
		onFault: faultLog(service),
		onCount: (kind, count) => gauge?.of(name, kind).set(count),
	};
}

/** One of several nodes audits, the same one for as long as it lives: it alone knows what was told already. */
async function turn(service: This): Promise<void> {
	const { db, broker, integrity, auditor } = service;
	if (!service.hasAuditRested) {
		service.hasAuditRested = true;
		return;
	}
	const fence = await holdLease(db, LEASE, broker.nodeID, Math.max(LEASE_MS, 3 * integrity.everyMs));
	if (fence === undefined) auditor.rest();
	else await auditor.turn(service, scopeOf(service), integrity.budgetMs);
}

/**
 * Has a service recompute what it stores: by the internal action `audit`, and a bit each minute. A finding is logged as an
 * error once, and counted in `stoa_integrity_findings` as long as it stands.
 */
export function integrity(audits: readonly Audit[]): Partial<ServiceSchema> {
	const all = audits as readonly Audit<unknown>[] as readonly Audit<This>[];

	return defineMixin<This>({
		actions: {
			audit: query(auditOf("integrity"), async function (this: This) {
				this.auditReport ??= reportOf(all, this, scopeOf(this), faultLog(this)).finally(
					() => (this.auditReport = undefined),
				);
				return this.auditReport;
			}),
		},

		created() {
			const report = (error: unknown) => this.logger.warn("Could not audit, will try again:", error);
			this.integrity = config();
			this.hasAuditRested = false;
			this.auditor = new Auditor(all, listenersOf(this));
			this.auditing = new Worker(() => turn(this), this.integrity.everyMs, report);
		},

		started() {
			if (this.integrity.everyMs > 0) this.auditing.start();
		},

		async stopped() {
			await this.auditing.stop();
			await releaseLease(this.db, LEASE, this.broker.nodeID).catch(() => undefined);
		},
	});
}

import type { Finding } from "../../services/contracts/integrity.ts";
import type { Audit, Scope } from "./audit.ts";
import { keyOf, RollingSweep, sweep } from "./sweep.ts";

export interface Report {
	findings: Finding[];
	isComplete: boolean;
	checked: number;
	unchecked: { audit: string; reason: string }[];
}

/** How long one audit of a report may take. */
const REPORT_BUDGET_MS = 1_000;

/** Makes every audit from its newest chunk on, one after the other. An audit that fails is told as not made. */
export async function reportOf<T>(
	audits: readonly Audit<T>[],
	service: T,
	scope: Scope,
	onFault: Listeners["onFault"],
): Promise<Report> {
	const report: Report = { findings: [], isComplete: true, checked: 0, unchecked: [] };
	for (const audit of audits) {
		try {
			const swept = await sweep(audit, service, scope, null, performance.now() + REPORT_BUDGET_MS);
			report.findings.push(...swept.findings);
			report.checked += swept.checked;
			report.isComplete &&= swept.next === null;
		} catch (error) {
			onFault(audit.name, error);
			report.isComplete = false;
			report.unchecked.push({ audit: audit.name, reason: reasonOf(error) });
		}
	}
	return report;
}

/** What an operator may read; the error of a database would tell of tables. */
const reasonOf = (error: unknown): string =>
	(error as { readonly type?: string }).type ?? "failed; the service's log says why";

/** Where the news of a periodic check go. */
export interface Listeners {
	/** A finding that was not there at the turn before. */
	readonly onNew: (finding: Finding) => void;
	readonly onGone: (finding: Finding) => void;
	readonly onFault: (audit: string, error: unknown) => void;
	readonly onCount: (kind: string, count: number) => void;
}

/** Audits a service turn by turn, and tells each finding once. */
export class Auditor<T> {
	readonly #sweeps: readonly RollingSweep<T>[];
	readonly #listeners: Listeners;
	#told = new Map<string, Finding>();

	constructor(audits: readonly Audit<T>[], listeners: Listeners) {
		this.#sweeps = audits.map((audit) => new RollingSweep(audit));
		this.#listeners = listeners;
	}

	async turn(service: T, scope: Scope, budgetMs: number): Promise<void> {
		for (const rolling of this.#sweeps) {
			await rolling.turn(service, scope, budgetMs).catch((error: unknown) => {
				this.#listeners.onFault(rolling.audit.name, error);
			});
		}
		this.#tell(this.#sweeps.flatMap((rolling) => rolling.standing()));
	}

	/** Another node audits now: what this one found is not its to tell any more. */
	rest(): void {
		if (this.#told.size > 0) this.#count([]);
		this.#told = new Map();
	}

	#tell(standing: readonly Finding[]): void {
		const now = new Map(standing.map((finding) => [keyOf(finding), finding]));
		for (const [key, finding] of now) if (!this.#told.has(key)) this.#listeners.onNew(finding);
		for (const [key, finding] of this.#told) if (!now.has(key)) this.#listeners.onGone(finding);
		this.#told = now;
		this.#count([...now.values()]);
	}

	#count(findings: readonly Finding[]): void {
		for (const kind of this.#sweeps.flatMap(({ audit }) => audit.kinds)) {
			this.#listeners.onCount(kind, findings.filter((finding) => finding.kind === kind).length);
		}
	}
}

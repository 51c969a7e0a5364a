import type { Finding } from "../../services/contracts/integrity.ts";
import type { Audit, Chunk, Scope } from "./audit.ts";

/** How far an audit got, and what it found on the way. */
export interface Sweep {
	readonly findings: readonly Finding[];
	readonly checked: number;
	/** Where to go on; null when the end was reached. */
	readonly next: string | null;
}

/**
 * Looks at chunk after chunk until the end or until the time is over; at least at one.
 *
 * @param from where a sweep before ended; null begins with the newest
 * @param untilMs of the clock that never goes back
 */
export async function sweep<T>(
	audit: Audit<T>,
	service: T,
	scope: Scope,
	from: string | null,
	untilMs: number,
): Promise<Sweep> {
	const chunks: Chunk[] = [];
	let next: string | null = from;
	do {
		const chunk = await audit.chunk(service, scope, next);
		chunks.push(chunk);
		next = chunk.next;
	} while (next !== null && performance.now() < untilMs);
	return {
		findings: chunks.flatMap(({ findings }) => findings),
		checked: chunks.reduce((sum, { checked }) => sum + checked, 0),
		next,
	};
}

/** What makes two findings the same one, however its numbers have moved meanwhile. */
export const keyOf = ({ kind, subject }: Finding): string => `${kind} ${subject}`;

/**
 * Sweeps again and again, a bit at each turn. Each turn begins with the newest chunk, where news are made, and goes on
 * where the turn before ended. A finding stands until a whole sweep did not see it any more.
 */
export class RollingSweep<T> {
	readonly audit: Audit<T>;
	#position: string | null = null;
	#newest: readonly Finding[] = [];
	/** Of the last whole sweep, and of the one under way. */
	#before = new Map<string, Finding>();
	#found = new Map<string, Finding>();

	constructor(audit: Audit<T>) {
		this.audit = audit;
	}

	/** @throws what the audit throws; the next turn begins where this one did */
	async turn(service: T, scope: Scope, budgetMs: number): Promise<void> {
		if (this.#position !== null) this.#newest = (await this.audit.chunk(service, scope, null)).findings;
		const { findings, next } = await sweep(this.audit, service, scope, this.#position, performance.now() + budgetMs);
		for (const finding of findings) this.#found.set(keyOf(finding), finding);
		this.#position = next;
		if (next === null) this.#endSweep();
	}

	standing(): Finding[] {
		const newest = this.#newest.map((finding) => [keyOf(finding), finding] as const);
		return [...new Map([...this.#before, ...this.#found, ...newest]).values()];
	}

	#endSweep(): void {
		this.#before = this.#found;
		this.#found = new Map();
		this.#newest = [];
	}
}

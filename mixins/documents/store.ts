import type { HealthState } from "../../services/contracts/platform.ts";
import type { Queryable } from "../sql/database.ts";
import type { Entry, Stored } from "./entry.ts";
import type { Condition, Plan } from "./query.ts";

/** What MongoDB and the JSONB table each do in their own way. */
export interface DocumentStore {
	get(id: string): Promise<Stored | undefined>;
	/** One more than the plan's limit, where there are as many. */
	find(plan: Plan): Promise<Stored[]>;
	count(conditions: readonly Condition[]): Promise<number>;
	/** @returns how many were newer than what was there */
	put(entries: readonly Entry[], tx?: Queryable): Promise<number>;
	/** From the moment it resolves, every `put` that begins reaches the shadow as well. @throws RebuildRunning */
	beginRebuild(): Promise<Shadow>;
	health(): Promise<HealthState>;
	close(): Promise<void>;
}

/** The documents that a rebuild makes, before anybody reads them. Methods throw RebuildLost when another one took over. */
export interface Shadow {
	fill(entries: readonly Entry[]): Promise<void>;
	/** What is read today, removed ones included, by id; renews the claim on the rebuild, as `fill` does. */
	live(afterId: string, limit: number): Promise<Entry[]>;
	/** What was rebuilt, likewise. */
	rebuilt(afterId: string, limit: number): Promise<Entry[]>;
	/** At once, the shadow is what is read. */
	swap(): Promise<void>;
	abandon(): Promise<void>;
}

/** A rebuild that shows no sign of life for this long may be taken over. */
export const CLAIM_SECONDS = 60;

export class RebuildRunning extends Error {
	constructor(collection: string) {
		super(
			`The documents of ${collection} are being rebuilt already. Wait for that to end; one that died is taken over after ${CLAIM_SECONDS} s.`,
		);
	}
}

export class RebuildLost extends Error {
	constructor(collection: string) {
		super(
			`Another rebuild of ${collection} took over, since this one showed no sign of life for ${CLAIM_SECONDS} s. Nothing was changed by it.`,
		);
	}
}

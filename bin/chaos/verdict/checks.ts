import type { Check, Evidence } from "../../trial/checks/check.ts";
import { CHECKS } from "../../trial/checks/checks.ts";
import { deadLetters, inbox } from "../../trial/checks/facts.ts";
import type { Reading } from "../../trial/checks/facts.ts";
import { staleWrites } from "../rig/witness.ts";
import { recovery } from "./recovery.ts";

export interface ChaosEvidence extends Evidence {
	readonly readings: readonly Reading[];
	readonly recoveries: readonly number[];
	/** What was seen while it ran. */
	readonly sightings: readonly string[];
	/** What had not come to rest in time. */
	readonly unsettled: readonly string[];
	readonly tryRebuild: () => Promise<void>;
	/** How often each fault and failpoint was hit, and how often it has to be. */
	readonly hits: ReadonlyMap<string, number>;
	readonly requiredHits: ReadonlyMap<string, number>;
}

const rest: Check<ChaosEvidence> = {
	name: "rest",
	meaning: "the shop comes to rest",
	violations: ({ unsettled }) => Promise.resolve(unsettled),
};

const sightings: Check<ChaosEvidence> = {
	name: "sightings",
	meaning: "nothing wrong was seen while it ran: stock always adds up, no client met the unthinkable",
	violations: (evidence) => Promise.resolve(evidence.sightings),
};

const fence: Check<ChaosEvidence> = {
	name: "fence",
	meaning: "no owner writes a saga that another has taken over",
	async violations({ databases }) {
		const stale = await staleWrites(databases);
		return stale.map(({ sagaId, owner, writer }) => `${writer} wrote the saga ${sagaId} of ${owner}`);
	},
};

const catalogue: Check<ChaosEvidence> = {
	name: "catalogue",
	meaning: "the catalogue projection is what a rebuild makes of the products",
	violations: ({ tryRebuild }) =>
		tryRebuild().then(
			() => [],
			(error: unknown) => [(error as Error).message],
		),
};

const vacuity: Check<ChaosEvidence> = {
	name: "vacuity",
	meaning: "every fault and every failpoint was hit often enough to show something",
	violations: ({ hits, requiredHits }) =>
		Promise.resolve(
			[...requiredHits]
				.filter(([name, required]) => (hits.get(name) ?? 0) < required)
				.map(([name, required]) => `${name} was hit ${hits.get(name) ?? 0} times of ${required}`),
		),
};

/** In the order in which they are told. */
export const CHAOS_CHECKS: readonly Check<ChaosEvidence>[] = [
	rest,
	...CHECKS,
	inbox,
	deadLetters,
	fence,
	catalogue,
	sightings,
	recovery,
	vacuity,
];

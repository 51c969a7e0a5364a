import { isDeepStrictEqual } from "node:util";
import type { Entry } from "./entry.ts";
import type { DocumentStore, Shadow } from "./store.ts";

/** How many entries are compared at a time. */
const BATCH = 500;

export interface RebuildOptions {
	/** Only compares: what is read stays what it is. */
	readonly isTrial?: boolean;
	/** Told after every batch of the source: how many entries were read so far. */
	readonly onProgress?: (count: number) => void;
}

/** What a rebuild found. The last three are zero when nothing was wrong and every fact had been handled. */
export interface Rebuilt {
	/** Entries of the source. */
	readonly read: number;
	/** Documents that were rebuilt. */
	readonly documents: number;
	/** Of an older version than the truth: their facts are on their way, or were lost. */
	readonly behind: number;
	/** Other than the truth in the same version. */
	readonly differing: number;
	/** Shown, although the truth knows nothing of them. */
	readonly surplus: number;
}

/**
 * No write is lost. A writer reads its source first and then asks whether a rebuild is under way. If it is told no,
 * it read the source before this began to, so this reads the same version or a newer one; if yes, it writes to both.
 */
export async function rebuild(
	store: DocumentStore,
	source: AsyncIterable<readonly Entry[]>,
	{ isTrial = false, onProgress = () => undefined }: RebuildOptions,
): Promise<Rebuilt> {
	const shadow = await store.beginRebuild();
	try {
		let read = 0;
		for await (const entries of source) {
			await shadow.fill(entries);
			onProgress((read += entries.length));
		}
		const compared = await compare(shadow);
		await (isTrial ? shadow.abandon() : shadow.swap());
		return { read, ...compared };
	} catch (error) {
		await shadow.abandon().catch(() => undefined);
		throw error;
	}
}

async function compare(shadow: Shadow) {
	const found = { documents: 0, behind: 0, differing: 0, surplus: 0 };
	for await (const [live, rebuilt] of pairs(shadow)) {
		if (rebuilt?.document) found.documents += 1;
		const difference = differenceOf(live, rebuilt);
		if (difference !== undefined) found[difference] += 1;
	}
	return found;
}

type Pair = readonly [live: Entry | undefined, rebuilt: Entry | undefined];

function differenceOf(live: Entry | undefined, rebuilt: Entry | undefined) {
	if (isDeepStrictEqual(live?.document ?? null, rebuilt?.document ?? null)) return undefined;
	if (rebuilt === undefined) return "surplus";
	return rebuilt.version > (live?.version ?? 0) ? "behind" : "differing";
}

/** The live one is read first: a write between the two then makes it look behind, which it is. */
async function* pairs(shadow: Shadow): AsyncGenerator<Pair> {
	for (let afterId: string | undefined = ""; afterId !== undefined;) {
		const live = await shadow.live(afterId, BATCH);
		const rebuilt = await shadow.rebuilt(afterId, BATCH);
		const lastId = commonEnd(live, rebuilt);
		yield* paired(upTo(live, lastId), upTo(rebuilt, lastId));
		afterId = lastId;
	}
}

/** Up to where both batches are known; undefined when neither is full. */
function commonEnd(...batches: readonly (readonly Entry[])[]): string | undefined {
	const ends = batches.filter(({ length }) => length === BATCH).map((batch) => batch[BATCH - 1]?.id ?? "");
	return ends.sort()[0];
}

const upTo = (entries: readonly Entry[], lastId: string | undefined): Entry[] =>
	entries.filter(({ id }) => lastId === undefined || id <= lastId);

function paired(live: readonly Entry[], rebuilt: readonly Entry[]): Pair[] {
	const byId = new Map<string, Pair>(live.map((entry) => [entry.id, [entry, undefined]]));
	for (const entry of rebuilt) byId.set(entry.id, [byId.get(entry.id)?.[0], entry]);
	return [...byId.values()];
}

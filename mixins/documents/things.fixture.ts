import { defineCollection } from "./collection.ts";
import type { Documents } from "./documents.ts";
import type { Entry } from "./entry.ts";

export interface Thing {
	readonly name: string;
	readonly price: number;
	readonly shelf?: string | null;
	readonly isFragile?: boolean;
	readonly tags?: readonly string[];
	readonly more?: unknown;
}

export const THINGS = defineCollection({
	name: "things",
	fields: { name: "text", price: "number", shelf: "text", isFragile: "boolean", tags: "tags" },
	sorts: ["name", "price"],
});

/** A store under test, empty at first. */
export interface Subject {
	readonly documents: Documents<Thing>;
	/** Makes the rebuild under way look as if its process had died long ago. */
	ageRebuild(): Promise<void>;
	/** Takes everything away, as if nothing had ever been written. */
	clear(): Promise<void>;
	close(): Promise<void>;
}

export const thing = (name: string, price = 1, more: Partial<Thing> = {}): Thing => ({ name, price, ...more });

export const entry = (id: string, version = 1, document: Thing | null = thing(id)): Entry<Thing> => ({
	id,
	version,
	document,
});

/** A source of one batch for each array; `meanwhile` runs before each, as if another writer came then. */
export async function* batches(
	given: readonly (readonly Entry<Thing>[])[],
	meanwhile: (index: number) => Promise<unknown> = () => Promise.resolve(),
): AsyncGenerator<readonly Entry<Thing>[]> {
	for (const [index, each] of given.entries()) {
		await meanwhile(index);
		yield each;
	}
}

/** Everything that is shown, by id. */
export async function shown(documents: Documents<Thing>): Promise<Record<string, Thing>> {
	const found: Record<string, Thing> = {};
	let cursor: string | undefined;
	do {
		const { rows, nextCursor } = await documents.list({ limit: 100, cursor });
		for (const { id, document } of rows) found[id] = document;
		cursor = nextCursor ?? undefined;
	} while (cursor !== undefined);
	return found;
}

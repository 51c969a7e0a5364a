import type { Context, ServiceSchema } from "moleculer";
import { ReadCache } from "./cache/read-cache.ts";
import { defineMixin } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import { metricsOf } from "./metrics/registry.ts";

/** What a node keeps of one kind of question. */
export interface Shelf {
	readonly maxEntries: number;
}

export interface CacheMethods<Name extends string = string> {
	/** The answer to a question, by a key that tells it from all others on its shelf. It is shared: do not change it. */
	cached<T>(shelf: Name, key: string, ask: () => Promise<T>): Promise<T>;
	/** Forgets answers of this node: those of the keys, or the whole shelf. */
	forgetHere(shelf: Name, keys?: readonly string[]): void;
	/** Forgets them here, at once, and tells the other nodes, which may not hear it. */
	forget(shelf: Name, keys?: readonly string[]): void;
	/** The clock that answers grow old by, in milliseconds: one that never goes back. Tests replace it. */
	cacheNowMs(): number;
}

export interface CacheOptions<Name extends string> {
	readonly shelves: Readonly<Record<Name, Shelf>>;
	/** Read when the service is created. Below a second, which is what other nodes are promised; 0 keeps nothing. */
	readonly ttlMs: () => number;
}

/** A broadcast: it may be lost, so nothing but time depends on it. */
const FORGOTTEN = "cache.forgotten";

interface Forgotten {
	readonly service: string;
	readonly shelf: string;
	readonly keys?: readonly string[];
}

type This = StoaService & CacheMethods & { shelves: ReadonlyMap<string, ReadCache> };

/**
 * Answers kept on each node. The node that writes forgets before it answers, so the writer sees his write; the
 * others forget when they hear of it, and in any case after the time to live.
 */
export function cache<Name extends string>({ shelves, ttlMs }: CacheOptions<Name>): Partial<ServiceSchema> {
	const mixin = defineMixin<This>({
		created() {
			const outcomes = metricsOf(this.broker)?.counter(
				"stoa_cache_requests_total",
				"Questions whose answer was kept (hit) or was asked for (miss).",
				["service", "shelf", "outcome"],
			);
			const open = ([name, { maxEntries }]: [string, Shelf]) => {
				const counts = { hit: outcomes?.of(this.name, name, "hit"), miss: outcomes?.of(this.name, name, "miss") };
				const onAsked = (outcome: "hit" | "miss") => counts[outcome]?.inc();
				return [name, new ReadCache({ maxEntries, ttlMs: ttlMs(), onAsked, nowMs: () => this.cacheNowMs() })] as const;
			};
			this.shelves = new Map(Object.entries<Shelf>(shelves).map(open));
		},

		methods: {
			cacheNowMs: () => performance.now(),

			cached(shelf: string, key: string, ask: () => Promise<unknown>) {
				return shelfOf(this, shelf).get(key, ask);
			},

			forgetHere(shelf: string, keys?: readonly string[]) {
				const kept = shelfOf(this, shelf);
				if (keys === undefined) kept.forget();
				else for (const key of keys) kept.forget(key);
			},

			forget(shelf: string, keys?: readonly string[]) {
				this.forgetHere(shelf, keys);
				const told: Forgotten = { service: this.name, shelf, ...(keys && { keys }) };
				// Never rejects. Sent before the answer and by the same connection, so normally heard before the next question.
				void this.broker.broadcast(FORGOTTEN, told);
			},
		},
	});
	return { ...mixin, events: { [FORGOTTEN]: { handler: hear } } };
}

function hear(this: This, { params: { service, shelf, keys }, nodeID }: Context<Forgotten>): void {
	const isOwn = nodeID === this.broker.nodeID;
	if (!isOwn && service === this.name && this.shelves.has(shelf)) this.forgetHere(shelf, keys);
}

function shelfOf({ shelves, name }: This, shelf: string): ReadCache {
	const found = shelves.get(shelf);
	if (found === undefined) throw new Error(`${name} keeps no answers on a shelf "${shelf}".`);
	return found;
}

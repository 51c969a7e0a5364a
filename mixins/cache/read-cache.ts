import { LRUCache } from "lru-cache";

export interface ReadCacheOptions {
	/** Beyond so many answers the one used longest ago goes. */
	readonly maxEntries: number;
	/** How old an answer may be, counted from when its question began; 0 keeps nothing. */
	readonly ttlMs: number;
	/** Told of each question whether its answer was there. */
	readonly onAsked?: (outcome: "hit" | "miss") => void;
	/** A clock that never goes back. */
	readonly nowMs?: () => number;
}

interface Fill {
	readonly startedMs: number;
	readonly answer: Promise<unknown>;
}

/**
 * Answers of one node, kept for less than a second.
 *
 * What is kept is the question on its way, from its first moment: whoever asks the same meanwhile waits for the same
 * answer, and forgetting a key drops what is being asked like what is there. So an answer that began before a write
 * can never be kept after it, with nothing to compare when it arrives.
 */
export class ReadCache {
	readonly #fills: LRUCache<string, Fill>;
	readonly #options: ReadCacheOptions;
	readonly #nowMs: () => number;

	constructor(options: ReadCacheOptions) {
		this.#fills = new LRUCache({ max: options.maxEntries });
		this.#options = options;
		this.#nowMs = options.nowMs ?? (() => performance.now());
	}

	/**
	 * The answer to a question: one that began at most the time to live ago, else asked anew. It is shared, so nobody
	 * may change it.
	 *
	 * @param ask is not kept when it fails; those who waited for it fail with it
	 */
	get<T>(key: string, ask: () => Promise<T>): Promise<T> {
		const nowMs = this.#nowMs();
		const known = this.#fills.get(key);
		if (known !== undefined && nowMs - known.startedMs < this.#options.ttlMs) {
			this.#options.onAsked?.("hit");
			return known.answer as Promise<T>;
		}
		this.#options.onAsked?.("miss");
		return this.#options.ttlMs > 0 ? this.#fill(key, nowMs, ask) : ask();
	}

	/** Call it between the commit of a write and its answer. @param key everything, without one */
	forget(key?: string): void {
		if (key === undefined) this.#fills.clear();
		else this.#fills.delete(key);
	}

	#fill<T>(key: string, startedMs: number, ask: () => Promise<T>): Promise<T> {
		const answer = ask();
		const fill = { startedMs, answer };
		this.#fills.set(key, fill);
		answer.catch(() => {
			if (this.#fills.peek(key) === fill) this.#fills.delete(key);
		});
		return answer;
	}
}

import pLimit from "p-limit";

/** Nothing is held longer than so many items take. */
const MOST = 50;
/** How many of a batch that failed are tried at the same time, each alone. */
const ALONE_AT_ONCE = 4;

interface Waiting<Item> {
	readonly item: Item;
	readonly resolve: () => void;
	readonly reject: (error: unknown) => void;
}

/**
 * Works on one batch at a time; what comes meanwhile makes the next one. So a lone item waits for nobody, and the more
 * there is to do the less each item costs: databases call it group commit. Of a batch that fails every item is tried
 * alone, so that one that cannot be done does not keep the others from it.
 */
export class Batches<Item> {
	readonly #work: (items: readonly Item[]) => Promise<void>;
	#waiting: Waiting<Item>[] = [];
	#isRunning = false;

	constructor(work: (items: readonly Item[]) => Promise<void>) {
		this.#work = work;
	}

	/** Resolves when the batch with this item is done. @throws what the work throws when it has this item alone */
	add(item: Item): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#waiting.push({ item, resolve, reject });
			if (this.#isRunning) return;
			this.#isRunning = true;
			// What is read from a socket together is added in one go.
			setImmediate(() => void this.#run());
		});
	}

	async #run(): Promise<void> {
		while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, MOST));
		this.#isRunning = false;
	}

	async #settle(batch: readonly Waiting<Item>[]): Promise<void> {
		try {
			await this.#work(batch.map(({ item }) => item));
			for (const { resolve } of batch) resolve();
		} catch (error) {
			if (batch.length === 1) return batch[0]?.reject(error);
			const limit = pLimit(ALONE_AT_ONCE);
			await Promise.all(batch.map((each) => limit(() => this.#settle([each]))));
		}
	}
}

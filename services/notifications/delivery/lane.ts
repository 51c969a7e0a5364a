import { Worker } from "../../../mixins/events/worker.ts";

/** Another node's commit wakes nobody here. */
const POLL_MS = 500;

export interface LaneOptions<Item, Outcome> {
	/** How many may be under way now. */
	readonly room: () => number;
	/** Takes so many at most, for itself alone. */
	readonly take: (limit: number) => Promise<readonly Item[]>;
	/** Never rejects. */
	readonly attempt: (item: Item) => Promise<Outcome>;
	/** Writes outcomes down; those it rejects on are offered again. */
	readonly record: (outcomes: readonly Outcome[]) => Promise<void>;
	readonly report: (error: unknown) => void;
}

/**
 * The notifications of one channel under way on this node: a bounded number, each on its own, so that one that hangs
 * keeps its own place and nobody else's. Outcomes that come together are written down together.
 */
export class Lane<Item, Outcome> {
	readonly #options: LaneOptions<Item, Outcome>;
	readonly #worker: Worker;
	readonly #underWay = new Set<Promise<void>>();
	#finished: Outcome[] = [];

	constructor(options: LaneOptions<Item, Outcome>) {
		this.#options = options;
		this.#worker = new Worker(() => this.#work(), POLL_MS, options.report);
	}

	start(): void {
		this.#worker.start();
	}

	wake(): void {
		this.#worker.wake();
	}

	/** Waits for what is under way. */
	async stop(): Promise<void> {
		await this.#worker.stop();
		await Promise.all(this.#underWay);
		await this.#record().catch(this.#options.report);
	}

	/** @returns true when there may be more to take */
	async #work(): Promise<boolean> {
		await this.#record();
		const free = this.#options.room() - this.#underWay.size;
		if (free <= 0) return false;
		const taken = await this.#options.take(free);
		for (const item of taken) this.#begin(item);
		return taken.length === free;
	}

	#begin(item: Item): void {
		const going = this.#options.attempt(item).then((outcome) => {
			this.#finished.push(outcome);
			this.#underWay.delete(going);
			this.#worker.wake();
		});
		this.#underWay.add(going);
	}

	async #record(): Promise<void> {
		const finished = this.#finished;
		if (finished.length === 0) return;
		this.#finished = [];
		try {
			await this.#options.record(finished);
		} catch (error) {
			this.#finished.unshift(...finished);
			throw error;
		}
	}
}

/** Rest between a wake-up and the work: what arrives meanwhile is done in the same batch. */
const GATHER_MS = 50;

/**
 * Runs one piece of background work at a time: soon after `wake`, else every `pollMs`.
 * Work that resolves to true left something over and goes on at once. A failure is reported and tried again
 * at the next poll.
 */
export class Worker {
	readonly #work: () => Promise<unknown>;
	readonly #pollMs: number;
	readonly #report: (error: unknown) => void;
	#timer: NodeJS.Timeout | undefined;
	#running: Promise<void> | undefined;
	#isStopped = true;
	#isWanted = false;

	constructor(work: () => Promise<unknown>, pollMs: number, report: (error: unknown) => void) {
		this.#work = work;
		this.#pollMs = pollMs;
		this.#report = report;
	}

	start(): void {
		this.#isStopped = false;
		this.#schedule(0);
	}

	wake(): void {
		if (this.#isStopped || this.#isWanted) return;
		this.#isWanted = true;
		if (this.#running === undefined) this.#schedule(GATHER_MS);
	}

	/** Waits for the work under way and begins no other. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		clearTimeout(this.#timer);
		await this.#running;
	}

	#schedule(delayMs: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#run(), delayMs);
	}

	#run(): void {
		this.#isWanted = false;
		this.#running = this.#work()
			.then((outcome) => this.#goOn(outcome === true), this.#report)
			.finally(() => this.#finish());
	}

	#goOn(isMoreLeft: boolean): void {
		this.#isWanted ||= isMoreLeft;
	}

	#finish(): void {
		this.#running = undefined;
		if (!this.#isStopped) this.#schedule(this.#isWanted ? GATHER_MS : this.#pollMs);
	}
}

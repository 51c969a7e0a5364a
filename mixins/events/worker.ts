/** Rest of relays and inboxes between a wake-up and the work: what arrives meanwhile is done in the same batch. */
export const GATHER_MS = 50;
/** That of others. */
const REST_MS = 20;

/**
 * Runs one piece of background work at a time: soon after `wake`, else every `pollMs`.
 * Work that resolves to true left something over and goes on soon. A failure is reported and tried again
 * at the next poll.
 */
export class Worker {
	readonly #work: () => Promise<unknown>;
	readonly #pollMs: number;
	readonly #report: (error: unknown) => void;
	readonly #restMs: number;
	#timer: NodeJS.Timeout | undefined;
	#running: Promise<void> | undefined;
	#isStopped = true;
	#isWanted = false;

	/** @param restMs between a wake-up and the work */
	constructor(work: () => Promise<unknown>, pollMs: number, report: (error: unknown) => void, restMs = REST_MS) {
		this.#work = work;
		this.#pollMs = pollMs;
		this.#report = report;
		this.#restMs = restMs;
	}

	start(): void {
		this.#isStopped = false;
		this.#schedule(0);
	}

	wake(): void {
		if (this.#isStopped || this.#isWanted) return;
		this.#isWanted = true;
		if (this.#running === undefined) this.#schedule(this.#restMs);
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
		if (!this.#isStopped) this.#schedule(this.#isWanted ? this.#restMs : this.#pollMs);
	}
}

import { setTimeout as sleep } from "node:timers/promises";

/** What is open now, and when it no longer is. */
export interface Opened<T> {
	readonly value: T;
	readonly closed: Promise<void>;
}

export interface KeptOptions<T> {
	open(): Promise<Opened<T>>;
	/** Lets go of a value that is not wanted any more. */
	close(value: T): Promise<void>;
	/** Told of each failure to open. */
	report(error: unknown): void;
	/** A number from 0 up to 1. */
	readonly random: () => number;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Twice as long with each failure in a row, and never the same for two nodes that lost the same broker. */
export function pauseMs(failures: number, random: () => number): number {
	const ceilingMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
	return ceilingMs * (0.5 + random() / 2);
}

/** Something that closes by itself, such as a connection or a channel, and is opened again for as long as it is wanted. */
export class Kept<T> {
	readonly #options: KeptOptions<T>;
	readonly #ending = new AbortController();
	readonly #ended: Promise<boolean>;
	#current: T | undefined;
	#next = promise<T>();
	#loop: Promise<void> | undefined;

	constructor(options: KeptOptions<T>) {
		this.#options = options;
		this.#ended = new Promise((resolve) => this.#ending.signal.addEventListener("abort", () => resolve(false)));
	}

	/** Undefined while it is closed. */
	get current(): T | undefined {
		return this.#current;
	}

	start(): void {
		this.#loop ??= this.#keep();
	}

	/** The current one or, as soon as it is open, the next. @throws once it is not wanted any more */
	ready(): Promise<T> {
		return this.#next.promise;
	}

	/** Closes it for good. What is about to open is not waited for; it is closed once it is open. */
	async stop(): Promise<void> {
		this.#ending.abort();
		this.#next.reject(new Error("It is closed for good."));
		if (this.#current !== undefined) await this.#close(this.#current);
		await this.#loop;
	}

	async #keep(): Promise<void> {
		const { signal } = this.#ending;
		for (let failures = 0; !signal.aborted;) {
			const wasOpen = await Promise.race([this.#openOnce(), this.#ended]);
			failures = wasOpen ? 0 : failures + 1;
			await sleep(pauseMs(failures, this.#options.random), undefined, { signal }).catch(() => undefined);
		}
	}

	/** @returns whether it was open; by then it is closed again */
	async #openOnce(): Promise<boolean> {
		try {
			const { value, closed } = await this.#options.open();
			if (this.#ending.signal.aborted) await this.#close(value);
			else await this.#hold(value, closed);
			return true;
		} catch (error) {
			if (!this.#ending.signal.aborted) this.#options.report(error);
			return false;
		}
	}

	async #hold(value: T, closed: Promise<void>): Promise<void> {
		this.#current = value;
		this.#next.resolve(value);
		await closed;
		this.#current = undefined;
		if (!this.#ending.signal.aborted) this.#next = promise<T>();
	}

	#close(value: T): Promise<void> {
		return this.#options.close(value).catch(() => undefined);
	}
}

/** One that may be rejected though nobody waits for it. */
function promise<T>(): PromiseWithResolvers<T> {
	const made = Promise.withResolvers<T>();
	made.promise.catch(() => undefined);
	return made;
}

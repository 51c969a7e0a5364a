import { CallerUnknown } from "../../services/contracts/callers.ts";
import { ServiceBusy } from "../../services/contracts/errors.ts";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 2_000;
/**
 * A call that finds no token waits this long for one: at start, users may need a moment more than we do. It is less
 * than the time-out of a call, which would tell that the other node is silent.
 */
const PATIENCE_MS = 3_000;
/** While nodes start, users is unknown for a second or two, which is nobody's fault. */
const TOLD_AT_FAILURE = 4;

export interface Issued {
	readonly token: string;
	readonly expiresInSeconds: number;
}

export interface TokenSource {
	/** Asks users for a token. */
	readonly exchange: () => Promise<Issued>;
	/** Milliseconds of any steady clock: our own clock may be set while we hold a token. */
	readonly nowMs: () => number;
	/** Told the reason when the exchange keeps failing. */
	readonly onTrouble: (error: unknown) => void;
}

/**
 * This node's token, kept fresh: renewed at half its life, so that users may be away for as long as the other
 * half. Until it succeeds an exchange is tried again, at most two seconds later.
 */
export class OwnToken {
	readonly #source: TokenSource;
	#held: { readonly token: string; readonly untilMs: number } | undefined;
	#failures = 0;
	#isRefused = false;
	#isStopped = false;
	#timer: NodeJS.Timeout | undefined;
	#tried = Promise.withResolvers<undefined>();

	constructor(source: TokenSource) {
		this.#source = source;
	}

	/** The token, unless there is none yet or it has expired. */
	current(): string | undefined {
		return this.#held !== undefined && this.#held.untilMs > this.#source.nowMs() ? this.#held.token : undefined;
	}

	/**
	 * Waits for the token.
	 *
	 * @throws CallerUnknown when users refused our keys, ServiceBusy when there was no answer in time
	 */
	async soon(): Promise<string> {
		const endMs = this.#source.nowMs() + PATIENCE_MS;
		for (let token = this.current(); ; token = this.current()) {
			if (token !== undefined) return token;
			const leftMs = endMs - this.#source.nowMs();
			if (this.#isRefused) throw new CallerUnknown();
			if (leftMs <= 0 || this.#isStopped) throw new ServiceBusy({ retryAfterSeconds: 1 });
			await Promise.race([this.#tried.promise, pause(leftMs)]);
		}
	}

	/** Begins to ask for tokens, and returns at once. */
	start(): void {
		void this.#renew();
	}

	stop(): void {
		this.#isStopped = true;
		clearTimeout(this.#timer);
		this.#tried.resolve(undefined);
	}

	async #renew(): Promise<void> {
		const againInMs = await this.#source.exchange().then(
			(issued) => this.#accept(issued),
			(error: unknown) => this.#fail(error),
		);
		if (this.#isStopped) return;
		this.#timer = setTimeout(() => void this.#renew(), againInMs).unref();
		this.#tried.resolve(undefined);
		this.#tried = Promise.withResolvers();
	}

	#accept({ token, expiresInSeconds }: Issued): number {
		const lifeMs = expiresInSeconds * 1_000;
		this.#held = { token, untilMs: this.#source.nowMs() + lifeMs };
		this.#failures = 0;
		this.#isRefused = false;
		return lifeMs / 2;
	}

	#fail(error: unknown): number {
		this.#failures += 1;
		this.#isRefused = isRefusal(error);
		if (this.#failures === TOLD_AT_FAILURE) this.#source.onTrouble(error);
		return Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LONGEST_RETRY_MS);
	}
}

/** The class of an error does not cross the wire, its type does. */
const isRefusal = (error: unknown): boolean => (error as { type?: unknown } | undefined)?.type === CallerUnknown.type;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

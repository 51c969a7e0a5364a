import { Redis } from "ioredis";
import { NOW_OR_NEVER, redisOptions } from "../broker/redis-options.ts";

/** What is slower than this is away: a request does not wait to be counted. */
const ANSWER_WITHIN_MS = 250;
/** Then nobody asks for so long, and afterwards one at first. */
const LEFT_ALONE_MS = 1_000;

export interface SharedCountersOptions {
	readonly url: string;
	/** First part of every key. */
	readonly namespace: string;
	/** Told once when Redis is lost; while it is away, each node counts what it sees. */
	readonly onLoss?: (error: unknown) => void;
}

/** Counts that all nodes of a service share, in Redis, while it is there. */
export class SharedCounters {
	readonly namespace: string;
	readonly redis: Redis;
	readonly #onLoss: (error: unknown) => void;
	#isAway = false;
	#leftAloneUntilMs = -Infinity;

	/** Connects by itself, again and again; nothing waits for it. */
	constructor({ url, namespace, onLoss = () => undefined }: SharedCountersOptions) {
		this.namespace = namespace;
		this.#onLoss = onLoss;
		this.redis = new Redis({ ...redisOptions(url), ...NOW_OR_NEVER, commandTimeout: ANSWER_WITHIN_MS });
		// What happens to the connection shows in the commands.
		this.redis.on("error", () => undefined);
	}

	/** The count in Redis, or this node's own when Redis does not answer at once. */
	async count<T>(shared: () => Promise<T>, own: () => T | Promise<T>): Promise<T> {
		if (performance.now() < this.#leftAloneUntilMs) return own();
		if (this.#isAway) this.#leaveAlone();
		try {
			const counted = await shared();
			this.#isAway = false;
			this.#leftAloneUntilMs = -Infinity;
			return counted;
		} catch (error) {
			if (!this.#isAway) this.#onLoss(error);
			this.#isAway = true;
			this.#leaveAlone();
			return own();
		}
	}

	close(): void {
		this.redis.disconnect();
	}

	#leaveAlone(): void {
		this.#leftAloneUntilMs = performance.now() + LEFT_ALONE_MS;
	}
}

interface Log {
	warn(...parts: unknown[]): void;
}

/** The shared counters of the cluster shape; none in the laptop shape, which has no Redis. */
export function sharedCounters(
	{ redisUrl, namespace }: { readonly redisUrl: string | undefined; readonly namespace: string },
	log: Log,
): SharedCounters | undefined {
	if (redisUrl === undefined) return undefined;
	const onLoss = (error: unknown) =>
		log.warn("Redis does not answer; until it does, this node counts for itself:", error);
	return new SharedCounters({ url: redisUrl, namespace, onLoss });
}

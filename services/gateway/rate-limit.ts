import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { SharedCounters } from "../../mixins/redis/shared-counters.ts";
import { RateLimited } from "../contracts/errors.ts";

const WINDOW_SECONDS = 60;

/**
 * Counts one request, or looks without counting any (0); the header fields that tell how many are left, as name,
 * value, name, value.
 */
export type RateLimit = (key: string, requests?: 0 | 1) => Promise<readonly string[]>;

/**
 * A limit for each key and minute: in memory, where it protects this process, or shared by all gateway nodes.
 * While the shared counters are away, each node counts for itself.
 *
 * @param perMinute requests a minute; 0 switches the limit off
 * @throws RateLimited with the seconds until the next window
 */
export function rateLimit(perMinute: number, counters?: SharedCounters): RateLimit {
	if (perMinute === 0) return async () => [];
	const consume = counters === undefined ? inMemory(perMinute) : together(perMinute, counters);

	return async (key, requests = 1) => {
		const left = await consume(key, requests);
		if (left.consumedPoints > perMinute) throw new RateLimited({ retryAfterSeconds: secondsOf(left) });
		return [
			...["RateLimit-Limit", String(perMinute)],
			...["RateLimit-Remaining", String(left.remainingPoints)],
			...["RateLimit-Reset", String(secondsOf(left))],
		];
	};
}

type Consume = (key: string, requests: number) => Promise<RateLimiterRes>;

function inMemory(points: number): Consume {
	const limiter = new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
	return (key, requests) => limiter.consume(key, requests).catch(whatIsOver);
}

function together(points: number, counters: SharedCounters): Consume {
	const keyPrefix = `${counters.namespace}:limit`;
	const limiter = new RateLimiterRedis({ storeClient: counters.redis, points, duration: WINDOW_SECONDS, keyPrefix });
	const alone = inMemory(points);
	const shared: Consume = (key, requests) => limiter.consume(key, requests).catch(whatIsOver);
	return (key, requests) =>
		counters.count(
			() => shared(key, requests),
			() => alone(key, requests),
		);
}

/** A request over the limit is an answer as well; anything else is a fault. */
function whatIsOver(reason: unknown): RateLimiterRes {
	if (reason instanceof RateLimiterRes) return reason;
	throw reason;
}

const secondsOf = ({ msBeforeNext }: RateLimiterRes): number => Math.max(1, Math.ceil(msBeforeNext / 1_000));

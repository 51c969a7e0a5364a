import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { RateLimited } from "../contracts/errors.ts";

const WINDOW_SECONDS = 60;

/** Counts one request; the header fields that tell how many are left, as name, value, name, value. */
export type RateLimit = (key: string) => Promise<readonly string[]>;

/**
 * A limit for each key and minute, in memory: it protects this process, so every gateway node counts its own.
 *
 * @param perMinute requests a minute; 0 switches the limit off
 * @throws RateLimited with the seconds until the next window
 */
export function rateLimit(perMinute: number): RateLimit {
	if (perMinute === 0) return async () => [];
	const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_SECONDS });

	return async (key) => {
		const left = await limiter.consume(key).catch(refuse);
		return [
			...["RateLimit-Limit", String(perMinute)],
			...["RateLimit-Remaining", String(left.remainingPoints)],
			...["RateLimit-Reset", String(secondsOf(left))],
		];
	};
}

function refuse(reason: unknown): never {
	if (reason instanceof RateLimiterRes) throw new RateLimited({ retryAfterSeconds: secondsOf(reason) });
	throw reason;
}

const secondsOf = ({ msBeforeNext }: RateLimiterRes): number => Math.max(1, Math.ceil(msBeforeNext / 1_000));

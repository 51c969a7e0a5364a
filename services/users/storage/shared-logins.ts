import type { SharedCounters } from "../../../mixins/redis/shared-counters.ts";
import { RateLimited } from "../../contracts/errors.ts";
import { pauseMs } from "../domain/login-pause.ts";
import { FORGOTTEN_AFTER_MS, keyOf, LoginThrottle } from "../passwords/login-throttle.ts";
import type { Logins } from "../passwords/login-throttle.ts";

/** The pause after so many failures; the last one is the longest there is. */
const PAUSES_MS = Array.from({ length: 20 }, (_, index) => pauseMs(index + 1));

/**
 * How long the name is still paused, else 0 and one failure more. A script runs as a whole, so no two guesses
 * see the same count. The time is Redis's own: nodes need not agree on one.
 */
const ADMIT = `
local time = redis.call("time")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local open = tonumber(redis.call("hget", KEYS[1], "open") or "0")
if now < open then return open - now end
local count = redis.call("hincrby", KEYS[1], "count", 1)
redis.call("hset", KEYS[1], "open", now + ARGV[1 + math.min(count, #ARGV - 1)])
redis.call("pexpire", KEYS[1], ARGV[1])
return 0`;

/** The login throttle of all users nodes together. While Redis is away, each counts what it sees. */
export class SharedLogins implements Logins {
	readonly #counters: SharedCounters;
	readonly #own = new LoginThrottle();

	constructor(counters: SharedCounters) {
		this.#counters = counters;
	}

	async admit(name: string, address: string | undefined, now: Date): Promise<void> {
		const pausedMs = await this.#counters.count(
			() => this.#counters.redis.eval(ADMIT, 1, this.#key(name, address), FORGOTTEN_AFTER_MS, ...PAUSES_MS),
			() => this.#own.admit(name, address, now),
		);
		if (Number(pausedMs ?? 0) > 0) throw new RateLimited({ retryAfterSeconds: Math.ceil(Number(pausedMs) / 1_000) });
	}

	async clear(name: string, address: string | undefined): Promise<void> {
		this.#own.clear(name, address);
		await this.#counters.count<unknown>(
			() => this.#counters.redis.del(this.#key(name, address)),
			() => undefined,
		);
	}

	#key(name: string, address: string | undefined): string {
		return `${this.#counters.namespace}:logins:${keyOf(name, address)}`;
	}
}

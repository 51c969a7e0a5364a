import { LRUCache } from "lru-cache";
import { addressKey } from "../../../mixins/address-key.ts";
import { RateLimited } from "../../contracts/errors.ts";
import { pauseMs } from "../domain/login-pause.ts";

/** Bounds the memory that guessing at ever new accounts can take. */
const MAX_KEYS = 50_000;
export const FORGOTTEN_AFTER_MS = 24 * 60 * 60_000;

/** Counts failed logins, and holds up the next one. */
export interface Logins {
	/**
	 * Counts a login as failed before its password is looked at, so that guesses sent at the same
	 * time are counted too: no two of them see the count before either adds to it.
	 *
	 * @param name as it was typed, or an account's id where somebody is signed in
	 * @throws RateLimited while the name is paused for this address; such a try is not counted
	 */
	admit(name: string, address: string | undefined, now: Date): void | Promise<void>;
	/** The password was right. */
	clear(name: string, address: string | undefined): void | Promise<void>;
}

interface Tries {
	readonly count: number;
	readonly openAtMs: number;
}

/**
 * Slows down guessing: failed logins under one name from one address delay the next one from there.
 * Other addresses are never delayed, so nobody can lock an account's owner out. Names that do not
 * exist are counted alike. Each node counts what it sees; `SharedLogins` counts for all of them.
 */
export class LoginThrottle implements Logins {
	readonly #tries = new LRUCache<string, Tries>({ max: MAX_KEYS, ttl: FORGOTTEN_AFTER_MS });

	/** Not async: two guesses cannot both see the count before either adds to it. */
	admit(name: string, address: string | undefined, now: Date): void {
		const key = keyOf(name, address);
		const nowMs = now.getTime();
		const { count, openAtMs } = this.#tries.get(key) ?? { count: 0, openAtMs: 0 };
		if (nowMs < openAtMs) throw new RateLimited({ retryAfterSeconds: Math.ceil((openAtMs - nowMs) / 1000) });

		this.#tries.set(key, { count: count + 1, openAtMs: nowMs + pauseMs(count + 1) });
	}

	clear(name: string, address: string | undefined): void {
		this.#tries.delete(keyOf(name, address));
	}
}

/** A name in any case is the same name; whoever has one address of an IPv6 /64 has them all. */
export const keyOf = (name: string, address = "unknown"): string => `${addressKey(address)} ${name.toLowerCase()}`;

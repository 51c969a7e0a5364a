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
	 * @throws RateLimited while the account is paused for this address; such a try is not counted
	 */
	admit(account: string, address: string | undefined, now: Date): void | Promise<void>;
	/** The password was right. */
	clear(account: string, address: string | undefined): void | Promise<void>;
}

interface Tries {
	readonly count: number;
	readonly openAtMs: number;
}

/**
 * Slows down guessing: failed logins of one account from one address delay the next one from there.
 * Other addresses are never delayed, so nobody can lock an account's owner out. Accounts that do not
 * exist are counted alike. Each node counts what it sees; `SharedLogins` counts for all of them.
 */
export class LoginThrottle implements Logins {
	readonly #tries = new LRUCache<string, Tries>({ max: MAX_KEYS, ttl: FORGOTTEN_AFTER_MS });

	/** Not async: two guesses cannot both see the count before either adds to it. */
	admit(account: string, address: string | undefined, now: Date): void {
		const key = keyOf(account, address);
		const nowMs = now.getTime();
		const { count, openAtMs } = this.#tries.get(key) ?? { count: 0, openAtMs: 0 };
		if (nowMs < openAtMs) throw new RateLimited({ retryAfterSeconds: Math.ceil((openAtMs - nowMs) / 1000) });

		this.#tries.set(key, { count: count + 1, openAtMs: nowMs + pauseMs(count + 1) });
	}

	clear(account: string, address: string | undefined): void {
		this.#tries.delete(keyOf(account, address));
	}
}

/** An account's name in any case is the same account; whoever has one address of an IPv6 /64 has them all. */
export const keyOf = (account: string, address = "unknown"): string =>
	`${addressKey(address)} ${account.toLowerCase()}`;

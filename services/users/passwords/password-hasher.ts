import { hash, hashSync, verify } from "@node-rs/argon2";
import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { RateLimited } from "../../contracts/errors.ts";

/** OWASP's cost for argon2id, the package's default variant: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const MAX_WAITING = 64;
const RETRY_AFTER_SECONDS = 1;

/**
 * Hashes and verifies passwords (argon2id, RFC 9106), one core always left to everything else.
 * Who would wait behind more than `MAX_WAITING` others is refused instead: a queue without end
 * lets a flood of logins take all memory and answers nobody in time.
 */
export class PasswordHasher {
	readonly #run;
	/** Passwords that will come to be verified in a moment. */
	#expected = 0;
	/** Verified for accounts that do not exist, so that they take as long as those that do. */
	readonly #decoy = hashSync(randomBytes(32), COST);

	/** @param atOnce how many passwords are worked on at the same time, each on a thread with 19 MiB */
	constructor(atOnce = Math.max(1, availableParallelism() - 1)) {
		this.#run = pLimit(atOnce);
	}

	/** @throws RateLimited when the queue is full */
	async hash(password: string): Promise<string> {
		this.refuseWhenFull();
		return this.#run(() => hash(password, COST));
	}

	/**
	 * @param encoded the account's hash; undefined takes the same time and is never right
	 * @param admit asked before the password is looked at, with the room for it kept free; throws to refuse it
	 * @throws RateLimited when the queue is full
	 */
	async verify(encoded: string | undefined, password: string, admit?: () => void | Promise<void>): Promise<boolean> {
		this.refuseWhenFull();
		this.#expected += 1;
		try {
			await admit?.();
		} finally {
			this.#expected -= 1;
		}
		const isRight = await this.#run(() => verify(encoded ?? this.#decoy, password));
		return isRight && encoded !== undefined;
	}

	/** @throws RateLimited when the queue is full */
	refuseWhenFull(): void {
		const { activeCount, pendingCount, concurrency } = this.#run;
		const isFull = this.#expected + activeCount + pendingCount >= concurrency + MAX_WAITING;
		if (isFull) throw new RateLimited({ retryAfterSeconds: RETRY_AFTER_SECONDS });
	}
}

import { setTimeout as sleep } from "node:timers/promises";
import { type Claim, claim } from "./claims.ts";

/**
 * Runs `work` while no other living process, and no other caller in this one, runs its own under the same folder.
 *
 * @throws when the lock is not free within `timeoutMs`; the message names who holds it.
 */
export async function withLock<T>(folder: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
	const lock = await acquire(folder, Date.now() + timeoutMs);
	try {
		return await work();
	} finally {
		lock.withdraw();
	}
}

/**
 * Claims first and looks second: of two claimants the later always sees the earlier, so never do both stay.
 * Both may leave, hence the random wait. Unlike a lock file, a dead owner's claim can be removed without a race.
 */
async function acquire(folder: string, deadline: number): Promise<Claim> {
	for (;;) {
		const mine = claim(folder);
		const others = mine.others();
		if (others.length === 0) return mine;
		mine.withdraw();
		if (Date.now() >= deadline) {
			throw new Error(`The lock ${folder} is held by process ${others.join(", ")}. End it, then start again.`);
		}
		await sleep(10 + Math.random() * 30);
	}
}

import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 10;

/** Polls a condition. Answers whether it came true within `timeoutMs`. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		if (await condition()) return true;
		if (Date.now() >= deadline) return false;
		await sleep(POLL_MS);
	}
}

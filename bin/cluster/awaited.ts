import { setTimeout as wait } from "node:timers/promises";

const ASK_EVERY_MS = 500;
const TELL_EVERY_MS = 5_000;

export interface Patience {
	readonly forMs: number;
	readonly log: (line: string) => void;
}

/**
 * Asks until a server is ready, and says what it waits for.
 *
 * @param probe throws the reason why it is not ready
 * @throws when the patience is over, with the last reason
 */
export async function awaited(what: string, probe: () => Promise<void>, { forMs, log }: Patience): Promise<void> {
	const endMs = performance.now() + forMs;
	let tellMs = 0;
	let problem = await problemOf(probe);
	if (problem === undefined) return;

	while (problem !== undefined) {
		const nowMs = performance.now();
		if (nowMs > endMs) throw new Error(`Waited ${forMs / 1_000} s for ${what} in vain: ${problem}.`);
		if (nowMs >= tellMs) {
			log(`Waiting for ${what}: ${problem}.`);
			tellMs = nowMs + TELL_EVERY_MS;
		}
		await wait(ASK_EVERY_MS);
		problem = await problemOf(probe);
	}
	log(`Ready: ${what}.`);
}

async function problemOf(probe: () => Promise<void>): Promise<string | undefined> {
	try {
		await probe();
		return undefined;
	} catch (error) {
		const { message, code } = error as Error & { readonly code?: string };
		return message || code || String(error);
	}
}

import { LRUCache } from "lru-cache";

const MAX_ANSWERS = 10_000;
/** What is revoked is refused within 5 s: an answer is used for 4 s from its question on. */
const REMEMBERED_MS = 4_000;

export interface Source<Answer> {
	readonly ask: (key: string) => Promise<Answer>;
	/** Milliseconds of any steady clock. */
	readonly nowMs: () => number;
}

interface Asked<Answer> {
	readonly atMs: number;
	readonly answer: Promise<Answer>;
}

/** Rejects when nothing may be asked now. */
export type MayAsk = () => Promise<unknown>;
const ALWAYS: MayAsk = async () => undefined;

/**
 * Asks at most every four seconds for each key. The time counts from the question, since the answer may be as old;
 * simultaneous requests share one question, and a failed one is forgotten, as is one that might not be asked.
 */
export function remembered<Answer>({ ask, nowMs }: Source<Answer>): (key: string, mayAsk?: MayAsk) => Promise<Answer> {
	const asked = new LRUCache<string, Asked<Answer>>({ max: MAX_ANSWERS });

	return (key, mayAsk = ALWAYS) => {
		const before = asked.get(key);
		if (before !== undefined && nowMs() - before.atMs < REMEMBERED_MS) return before.answer;

		const now = { atMs: nowMs(), answer: mayAsk().then(() => ask(key)) };
		asked.set(key, now);
		now.answer.catch(() => {
			if (asked.peek(key) === now) asked.delete(key);
		});
		return now.answer;
	};
}

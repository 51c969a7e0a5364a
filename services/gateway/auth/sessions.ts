import { LRUCache } from "lru-cache";
import type { Role } from "../../contracts/meta.ts";

const MAX_SESSIONS = 10_000;
/** A revoked session is refused within 5 s: an answer is used for 4 s from its question on. */
const REMEMBERED_MS = 4_000;

/** The user of an open session, or null when it was revoked. */
export type SessionUser = { readonly userId: string; readonly role: Role } | null;

export interface SessionSource {
	readonly checkSession: (sessionId: string) => Promise<SessionUser>;
	/** Milliseconds of any steady clock. */
	readonly nowMs: () => number;
}

export type Sessions = (sessionId: string) => Promise<SessionUser>;

interface Asked {
	readonly atMs: number;
	readonly answer: Promise<SessionUser>;
}

/**
 * Whether a session is open, asked at most every four seconds. The time counts from the question, since
 * the answer may be as old; simultaneous requests share one question, and a failed one is forgotten.
 */
export function sessions({ checkSession, nowMs }: SessionSource): Sessions {
	const asked = new LRUCache<string, Asked>({ max: MAX_SESSIONS });

	return (sessionId) => {
		const before = asked.get(sessionId);
		if (before !== undefined && nowMs() - before.atMs < REMEMBERED_MS) return before.answer;

		const now = { atMs: nowMs(), answer: checkSession(sessionId) };
		asked.set(sessionId, now);
		now.answer.catch(() => {
			if (asked.peek(sessionId) === now) asked.delete(sessionId);
		});
		return now.answer;
	};
}

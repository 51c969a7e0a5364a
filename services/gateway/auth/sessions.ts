import type { Role } from "../../contracts/meta.ts";
import { remembered } from "./remembered.ts";

/** The user of an open session, or null when it was revoked. */
export type SessionUser = { readonly userId: string; readonly role: Role } | null;

export interface SessionSource {
	readonly checkSession: (sessionId: string) => Promise<SessionUser>;
	/** Milliseconds of any steady clock. */
	readonly nowMs: () => number;
}

export type Sessions = (sessionId: string) => Promise<SessionUser>;

/** Whether a session is open, and for whom. */
export const sessions = ({ checkSession, nowMs }: SessionSource): Sessions => remembered({ ask: checkSession, nowMs });

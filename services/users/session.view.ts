import type { Session } from "../contracts/sessions.ts";
import type { SessionRow } from "./storage/sessions.ts";

/** A session as it is answered, but for whether it is the caller's. */
export const sessionView = ({ createdAt, lastUsedAt, ...session }: SessionRow): Omit<Session, "isCurrent"> => ({
	...session,
	createdAt: createdAt.toISOString(),
	lastUsedAt: lastUsedAt.toISOString(),
});

import type { LinkPurpose } from "../../contracts/credentials.ts";

const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

const LIFETIME_MS: Readonly<Record<LinkPurpose, number>> = {
	"verify-email": WEEK_MS,
	"reset-password": HOUR_MS,
	invitation: WEEK_MS,
};

/** Until when a link that is made now may be used. */
export const expiryOf = (purpose: LinkPurpose, now: Date): Date => new Date(now.getTime() + LIFETIME_MS[purpose]);

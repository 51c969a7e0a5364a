/** What the log of an account tells. */
export const ACTIVITY_TYPES = [
	"USER_CREATED",
	"ORDER_CREATED",
	"LOGGED_IN",
	"LOGIN_FAILED",
	"LOGGED_OUT",
	"PASSWORD_CHANGED",
	"PASSWORD_RESET",
	"EMAIL_VERIFIED",
	"ROLE_CHANGED",
	"DEACTIVATED",
	"REACTIVATED",
	"SESSIONS_ENDED",
] as const;
export type ActivityType = (typeof ACTIVITY_TYPES)[number];

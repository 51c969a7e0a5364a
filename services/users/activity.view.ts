import type { Activity } from "../contracts/accounts.ts";
import type { ActivityRow } from "./storage/activities.ts";

/** A line of an account's log as it is answered. */
export const activityView = (row: ActivityRow): Activity => ({ ...row, createdAt: row.createdAt.toISOString() });

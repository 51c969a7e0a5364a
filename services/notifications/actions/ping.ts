import type { Notifications } from "../notifications.context.ts";
import { reach } from "../storage/ping.ts";

export async function pingNotifications(this: Notifications) {
	await reach(this.db);
	return { status: "healthy" as const };
}

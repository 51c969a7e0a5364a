import { reach } from "../storage/endpoints.ts";
import type { Webhooks } from "../webhooks.context.ts";

export async function pingWebhooks(this: Webhooks) {
	await reach(this.db);
	return { status: "healthy" as const };
}

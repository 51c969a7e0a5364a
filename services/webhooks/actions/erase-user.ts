import type { Context } from "moleculer";
import { eraseUserFrom } from "../storage/events.ts";
import type { Webhooks } from "../webhooks.context.ts";

export async function eraseUser(this: Webhooks, { params }: Context<{ userId: string }>): Promise<null> {
	await eraseUserFrom(this.db, params.userId);
	return null;
}

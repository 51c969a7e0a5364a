import type { Payments } from "../payments.context.ts";
import { reach } from "../storage/ping.ts";

export async function pingPayments(this: Payments) {
	await reach(this.db);
	return { status: "healthy" as const };
}

import type { HealthState } from "../../contracts/platform.ts";
import type { Orders } from "../orders.context.ts";
import { pingDatabase } from "../storage/order.queries.ts";

export async function pingOrders(this: Orders): Promise<{ status: HealthState }> {
	await pingDatabase(this.db);
	return { status: "healthy" };
}

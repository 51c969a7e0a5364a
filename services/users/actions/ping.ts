import type { HealthState } from "../../contracts/platform.ts";
import { pingDatabase } from "../storage/accounts.ts";
import type { Users } from "../users.context.ts";

export async function ping(this: Users): Promise<{ status: HealthState }> {
	await pingDatabase(this.db);
	return { status: "healthy" };
}

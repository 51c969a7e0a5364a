import type { HealthState } from "../../contracts/platform.ts";
import type { Products } from "../products.context.ts";
import { pingDatabase } from "../storage/product.queries.ts";

export async function pingProducts(this: Products): Promise<{ status: HealthState }> {
	await pingDatabase(this.db);
	return { status: await this.catalogue.health() };
}

import { call } from "../../services/contracts/action.ts";
import { SeedProducts } from "../../services/contracts/products.ts";
import { EnsureAdmin } from "../../services/contracts/users.ts";
import { administrator } from "../cluster/config.ts";
import { joinCluster } from "../cluster/join.ts";

const WAIT_MS = 60_000;
const CALL_MS = 30_000;

/** Makes the administrator of a cluster and, with --demo, a demo catalogue. What is there already stays as it is. */
export async function run(parameters: readonly string[]): Promise<void> {
	const admin = administrator();
	const isDemo = parameters.includes("--demo");
	const broker = await joinCluster("On a laptop npm start seeds the shop.");
	try {
		await broker.waitForServices(isDemo ? ["users", "products"] : ["users"], WAIT_MS);
		const { created } = await call(broker, EnsureAdmin, admin, { timeout: CALL_MS });
		console.log(`The administrator ${admin.email} ${created ? "was made" : "is there"}.`);
		if (!isDemo) return;
		await call(broker, SeedProducts, {}, { timeout: CALL_MS });
		console.log("The demo catalogue is there.");
	} finally {
		await broker.stop();
	}
}

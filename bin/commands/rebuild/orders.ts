import { openDatabase } from "../../../mixins/sql/database.ts";
import { config } from "../../../services/orders/config.ts";
import { rebuildOrders } from "../../../services/orders/rebuild/rebuild-orders.ts";
import type { RebuiltOrders } from "../../../services/orders/rebuild/rebuild-orders.ts";
import { progressOf } from "./rebuilding.ts";
import type { Report } from "./rebuilding.ts";

/** So many differences are told one by one. */
const TOLD = 20;

/** Rebuilds the tables of orders from their events. */
export async function reportOrders(isTrial: boolean): Promise<Report> {
	const { databaseUrl } = config();
	const db = openDatabase({ url: databaseUrl, applicationName: "stoa-rebuild", statementTimeoutMs: 60_000 });
	const told: string[] = [];
	const onDifference = (id: string, what: string) => {
		if (told.length < TOLD) told.push(`  order ${id} ${what}`);
	};
	console.log("Rebuilding the orders from their events.");
	try {
		const onProgress = progressOf("orders");
		return reportOf(await rebuildOrders(db, { isTrial, onProgress, onDifference }), told, isTrial);
	} finally {
		await db.close();
	}
}

function reportOf({ read, differing, missing, broken }: RebuiltOrders, told: readonly string[], isTrial: boolean) {
	const differences = differing + missing + broken;
	const repaired = isTrial ? "" : " Those with all of their events were put right.";
	const summary =
		differences === 0
			? `All ${read} orders are what their events tell.`
			: `${differences} of ${read} orders differed: ${differing} in their row, ${missing} without one, ${broken} lack events and stay as they are.${repaired}`;
	return { differences, lines: [...told, summary] };
}

import { isCluster } from "../../mixins/broker/config.ts";
import { prepareLaptop } from "../laptop/environment.ts";
import { migrateAll } from "./migrate.ts";
import { reportCatalogue } from "./rebuild/catalogue.ts";
import { reportOrders } from "./rebuild/orders.ts";
import type { Rebuilding } from "./rebuild/rebuilding.ts";

const USAGE =
	"Usage: bin/stoa rebuild catalogue|orders [--trial]   with --trial it only compares, and fails when something differs";

/** The projections by their names, each with the service that keeps it. */
const PROJECTIONS: Readonly<Record<string, { readonly service: string; readonly rebuild: Rebuilding }>> = {
	catalogue: { service: "products", rebuild: reportCatalogue },
	orders: { service: "orders", rebuild: reportOrders },
};

/**
 * Rebuilds a projection from its truth, beside running nodes or without any: it speaks to the stores itself, in both
 * shapes, so that it needs no node and no cluster's keys.
 */
export async function run(parameters: readonly string[]): Promise<void> {
	const [name = "", ...flags] = parameters;
	const isTrial = flags.includes("--trial");
	const projection = Object.hasOwn(PROJECTIONS, name) ? PROJECTIONS[name] : undefined;
	if (projection === undefined || flags.some((flag) => flag !== "--trial")) throw new Error(USAGE);

	const stop = await openShape(projection.service);
	try {
		const startedMs = performance.now();
		const { differences, lines } = await projection.rebuild(isTrial);
		const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
		console.log([...lines, `It took ${seconds} s.`].join("\n"));
		if (isTrial && differences > 0) process.exitCode = 1;
	} finally {
		await stop();
	}
}

/** The laptop's embedded PostgreSQL is shared with a Stoa that runs, or started for this. */
async function openShape(service: string): Promise<() => Promise<void>> {
	if (isCluster(process.env)) return () => Promise.resolve();
	const laptop = await prepareLaptop(process.env, [service]);
	await migrateAll([service], console.log);
	return () => laptop.stop();
}

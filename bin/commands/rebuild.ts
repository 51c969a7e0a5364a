import { openDocuments } from "../../mixins/documents/open-documents.ts";
import type { Rebuilt } from "../../mixins/documents/rebuild.ts";
import { openDatabase } from "../../mixins/sql/database.ts";
import type { CatalogueEntry } from "../../services/contracts/browsing.ts";
import { CATALOGUE } from "../../services/products/catalogue/collection.ts";
import { rebuildCatalogue } from "../../services/products/catalogue/rebuild.ts";
import { config } from "../../services/products/config.ts";
import { isCluster } from "../../mixins/broker/config.ts";
import { prepareLaptop } from "../laptop/environment.ts";
import { migrateAll } from "./migrate.ts";

const USAGE =
	"Usage: bin/stoa rebuild catalogue [--trial]   with --trial it only compares, and fails when something differs";
const TELL_EVERY = 10_000;

/**
 * Rebuilds the catalogue projection from the products, beside running nodes or without any: it speaks to the stores
 * itself, in both shapes, so that it needs no node and no cluster's keys.
 */
export async function run(parameters: readonly string[]): Promise<void> {
	const [projection, ...flags] = parameters;
	const isTrial = flags.includes("--trial");
	if (projection !== CATALOGUE.name || flags.some((flag) => flag !== "--trial")) throw new Error(USAGE);

	const stop = await openShape();
	try {
		const startedMs = performance.now();
		const outcome = await rebuild(isTrial);
		console.log(reportOf(outcome, isTrial, (performance.now() - startedMs) / 1_000));
		if (isTrial && differences(outcome) > 0) process.exitCode = 1;
	} finally {
		await stop();
	}
}

/** The laptop's embedded PostgreSQL is shared with a Stoa that runs, or started for this. */
async function openShape(): Promise<() => Promise<void>> {
	if (isCluster(process.env)) return () => Promise.resolve();
	const laptop = await prepareLaptop(process.env, ["products"]);
	await migrateAll(["products"], console.log);
	return () => laptop.stop();
}

async function rebuild(isTrial: boolean): Promise<Rebuilt> {
	const { databaseUrl, mongodb, currency } = config();
	const db = openDatabase({ url: databaseUrl, applicationName: "stoa-rebuild", statementTimeoutMs: 60_000 });
	const catalogue = openDocuments<CatalogueEntry>(CATALOGUE, { db, mongodb });
	console.log(`Rebuilding the catalogue in ${mongodb === undefined ? "PostgreSQL" : "MongoDB"}.`);
	let toldAt = 0;
	const onProgress = (count: number) => {
		if (count - toldAt < TELL_EVERY) return;
		toldAt = count;
		console.log(`  ${count} products read`);
	};
	try {
		return await rebuildCatalogue(db, catalogue, currency, { isTrial, onProgress });
	} finally {
		await catalogue.close();
		await db.close();
	}
}

const differences = ({ behind, differing, surplus }: Rebuilt): number => behind + differing + surplus;

function reportOf(outcome: Rebuilt, isTrial: boolean, seconds: number): string {
	const { read, documents, behind, differing, surplus } = outcome;
	const differ = differences(outcome);
	return [
		`${documents} of ${read} products are on sale${isTrial ? "" : ", and shown from now on as they are"}; ${seconds.toFixed(1)} s.`,
		differ === 0
			? "Every document was as it should be."
			: `${differ} differed: ${behind} behind (older, or missing), ${differing} with other contents, ${surplus} of products that do not exist.`,
	].join("\n");
}

import { openDocuments } from "../../../mixins/documents/open-documents.ts";
import type { Rebuilt } from "../../../mixins/documents/rebuild.ts";
import { openDatabase } from "../../../mixins/sql/database.ts";
import type { CatalogueEntry } from "../../../services/contracts/browsing.ts";
import { CATALOGUE } from "../../../services/products/catalogue/collection.ts";
import { rebuildCatalogue } from "../../../services/products/catalogue/rebuild.ts";
import { config } from "../../../services/products/config.ts";
import { progressOf } from "./rebuilding.ts";
import type { Report } from "./rebuilding.ts";

/** Rebuilds the catalogue projection from the products. */
export async function reportCatalogue(isTrial: boolean): Promise<Report> {
	const { databaseUrl, mongodb, currency } = config();
	const db = openDatabase({ url: databaseUrl, applicationName: "stoa-rebuild", statementTimeoutMs: 60_000 });
	const catalogue = openDocuments<CatalogueEntry>(CATALOGUE, { db, mongodb });
	console.log(`Rebuilding the catalogue in ${mongodb === undefined ? "PostgreSQL" : "MongoDB"}.`);
	try {
		const onProgress = progressOf("products");
		return reportOf(await rebuildCatalogue(db, catalogue, currency, { isTrial, onProgress }), isTrial);
	} finally {
		await catalogue.close();
		await db.close();
	}
}

function reportOf({ read, documents, behind, differing, surplus }: Rebuilt, isTrial: boolean): Report {
	const differences = behind + differing + surplus;
	const lines = [
		`${documents} of ${read} products are on sale${isTrial ? "" : ", and shown from now on as they are"}.`,
		differences === 0
			? "Every document was as it should be."
			: `${differences} differed: ${behind} behind (older, or missing), ${differing} with other contents, ${surplus} of products that do not exist.`,
	];
	return { differences, lines };
}

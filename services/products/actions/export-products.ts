import { stringify } from "csv-stringify/sync";
import type { Ctx } from "../../../mixins/define-service.ts";
import type { FilePart } from "../../contracts/bodies.ts";
import { ValidationFailed } from "../../contracts/errors.ts";
import { IMPORT_COLUMNS } from "../../contracts/imports.ts";
import type { ExportProducts, ImportColumn } from "../../contracts/imports.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { decimalFromMinor, minorFromDecimal } from "../../contracts/money.ts";
import { Id } from "../../contracts/text.ts";
import { disarmed } from "../domain/csv/formula.ts";
import { imagesCell } from "../domain/csv/images.ts";
import type { Products } from "../products.context.ts";
import { EXPORT_BATCH, exportBatch } from "../storage/export.queries.ts";
import type { ExportRow } from "../storage/export.queries.ts";

/** A batch of the catalogue as CSV; the first one begins with the header, and each names the one that follows. */
export async function exportProducts(this: Products, { params, meta }: Ctx<typeof ExportProducts>): Promise<FilePart> {
	const { part } = params;
	if (part !== undefined && !Id.safeParse(part).success)
		throw new ValidationFailed({ errors: [{ path: "part", message: "is not a part of this file" }] });

	const { csvDelimiter: delimiter, currency } = this.config;
	const rows = await exportBatch(this.db, part, ownerScope(meta.principal));
	const cells = rows.map((row) => Object.values(cellsOf(row, currency)).map(disarmed));
	const header = part === undefined ? [[...IMPORT_COLUMNS]] : [];
	// csv-stringify quotes the delimiter, quotes and its own line break by itself.
	const chunk = stringify([...header, ...cells], { delimiter, record_delimiter: "windows", quoted_match: /[\r\n]/ });
	return { chunk, next: rows.length < EXPORT_BATCH ? null : (rows.at(-1)?.id ?? null) };
}

/** In the order of IMPORT_COLUMNS. */
const cellsOf = (row: ExportRow, currency: string): Record<ImportColumn, string> => ({
	sku: row.sku,
	name: row.name,
	description: row.description ?? "",
	price: decimalFromMinor(minorFromDecimal(row.price, currency), currency),
	category: row.category ?? "",
	stockQuantity: String(row.stockQuantity),
	lowStockThreshold: String(row.lowStockThreshold),
	images: imagesCell(row.images),
	isActive: String(row.isActive),
});

import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

/** A product as an export writes it. */
export interface ExportRow {
	readonly id: string;
	readonly sku: string;
	readonly name: string;
	readonly description: string | null;
	readonly price: string;
	readonly category: string | null;
	readonly stockQuantity: number;
	readonly lowStockThreshold: number;
	readonly images: readonly string[];
	readonly isActive: boolean;
}

export const EXPORT_BATCH = 500;

/** A batch is cut from an index before anything is joined. */
const batch = (name: string, where: string) =>
	statement<ExportRow>(
		`export.${name}`,
		`select product.id, sku, product.name, product.description, price, categories.name as category,
			available as "stockQuantity", low_stock_threshold as "lowStockThreshold", images, is_active as "isActive"
		from (
			select * from products where id > $1 and deleted_at is null ${where} order by id limit ${EXPORT_BATCH}
		) as product
		join inventory on inventory.product_id = product.id
		left join categories on categories.id = product.category_id
		order by product.id`,
	);

const ALL = batch("all", "");
const OF_VENDOR = batch("ofVendor", "and vendor_id = $2");

/** Before every id there is. */
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** @param vendorId whose products are exported; null exports everybody's */
export const exportBatch = (
	db: Queryable,
	afterId: string | undefined,
	vendorId: string | null,
): Promise<ExportRow[]> =>
	vendorId === null ? db.query(ALL, [afterId ?? FIRST_ID]) : db.query(OF_VENDOR, [afterId ?? FIRST_ID, vendorId]);

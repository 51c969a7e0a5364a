import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { DayViews } from "../insights/view-counter.ts";

/** In one order everywhere, so that two writers of the same days never wait for each other in a circle. */
const ADD_VIEWS = statement(
	"analytics.addViews",
	`insert into product_analytics (product_id, date, views)
	select "productId", date, views
	from json_to_recordset($1::json) as counted ("productId" uuid, date date, views bigint)
	order by "productId", date
	on conflict (product_id, date) do update set views = product_analytics.views + excluded.views`,
);

const ADD_PURCHASES = statement(
	"analytics.addPurchases",
	`insert into product_analytics (product_id, date, purchases, revenue)
	select "productId", date, sum(quantity), sum(quantity * "unitPrice")
	from json_to_recordset($1::json) as item ("productId" uuid, date date, quantity bigint, "unitPrice" numeric)
	group by "productId", date order by "productId", date
	on conflict (product_id, date) do update set purchases = product_analytics.purchases + excluded.purchases,
		revenue = product_analytics.revenue + excluded.revenue`,
);

/** What happened to a product on one day; revenue in decimals. */
export interface DayRow {
	readonly date: string;
	readonly views: number;
	readonly purchases: number;
	readonly revenue: string;
}

const FIND = statement<{ [F in keyof DayRow]: DayRow[F] | null }>(
	"analytics.find",
	`select to_char(date, 'YYYY-MM-DD') as date, views::double precision as views, purchases::double precision as purchases,
		revenue
	from (
		select id from products where id = $1 and deleted_at is null and ($2::uuid is null or vendor_id = $2)
	) as seen
	left join product_analytics on product_id = seen.id and date between $3::date and $4::date
	order by date`,
);

export async function addViews(db: Queryable, counted: readonly DayViews[]): Promise<void> {
	await db.query(ADD_VIEWS, [JSON.stringify(counted)]);
}

export interface BoughtItem {
	readonly productId: string;
	readonly quantity: number;
	readonly unitPrice: number;
	/** The day (UTC) of the order's confirmation. */
	readonly date: string;
}

export async function addPurchases(tx: Queryable, items: readonly BoughtItem[]): Promise<void> {
	await tx.query(ADD_PURCHASES, [JSON.stringify(items)]);
}

export interface Period {
	readonly from: string;
	readonly to: string;
}

/**
 * The days of a period on which something happened to a product, oldest first.
 *
 * @param vendorId whose products may be seen; null sees everybody's
 * @returns undefined when there is no such product, or it is another vendor's
 */
export async function findDays(
	db: Queryable,
	productId: string,
	vendorId: string | null,
	{ from, to }: Period,
): Promise<DayRow[] | undefined> {
	const rows = await db.query(FIND, [productId, vendorId, from, to]);
	if (rows.length === 0) return undefined;
	return rows.filter((row): row is DayRow => row.date !== null);
}

import type { Cause } from "../../../mixins/events/outbox.ts";
import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Inventory, Movement } from "../../contracts/inventory.ts";
import { lowStockFacts } from "./low-stock.ts";

/** The units of a product. The version is their own: every move of them raises it, and nothing else does. */
export interface StockRow extends Inventory {
	readonly version: number;
}

const COLUMNS = `inventory.product_id as "productId", inventory.available + inventory.reserved as "onHand",
	inventory.reserved, inventory.available, inventory.sold::double precision as sold, inventory.version::double precision as version`;

/** A vendor sees the stock of his own products only. */
const SEEN = `from inventory join products on products.id = inventory.product_id
	where inventory.product_id = $1 and deleted_at is null and ($2::uuid is null or vendor_id = $2)`;

const FIND = statement<StockRow>("inventory.find", `select ${COLUMNS} ${SEEN}`);
const LOCK = statement<StockRow>("inventory.lock", `select ${COLUMNS} ${SEEN} for update of inventory`);

const ADJUST = statement<{ isLow: boolean }>(
	"inventory.adjust",
	`with moved as (
		update inventory set available = available + $2::integer, adjusted = adjusted + $2::integer, version = version + 1
		where product_id = $1
		returning product_id, available, - $2::integer as taken, low_stock_threshold
	), journal as (
		insert into movements (product_id, id, kind, quantity, reason)
		select product_id, $3, 'adjusted', $2::integer, $4 from moved
	), ${lowStockFacts(5)}
	select exists (select from fallen) as "isLow"`,
);

const LIST = statement<{ readonly total: number | null } & { readonly [F in keyof Movement]: Movement[F] | null }>(
	"movements.list",
	`select page.*, case when $6::boolean
		then (select count(*)::integer from (select from movements where product_id = $1 limit ${COUNT_LIMIT}) as matching)
	end as total
	from (select 1 ${SEEN}) as seen
	left join (
		select id, product_id as "productId", kind, quantity, order_id as "orderId", reason,
			to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"
		from movements where product_id = $1 and id < $3 order by id desc limit $4 offset $5
	) as page on true
	order by page.id desc`,
);

const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** @param vendorId whose products may be seen; null sees everybody's */
export async function findStock(db: Queryable, productId: string, vendorId: string | null) {
	return (await db.query(FIND, [productId, vendorId]))[0];
}

/** Holds the stock of a product until the transaction ends. */
export async function lockStock(tx: Queryable, productId: string, vendorId: string | null) {
	return (await tx.query(LOCK, [productId, vendorId]))[0];
}

export interface StockChange {
	readonly movementId: string;
	readonly productId: string;
	/** Units to add; negative to take away. */
	readonly difference: number;
	readonly reason: string;
	readonly now: Date;
}

/** Moves what is available, with its journal entry and, where it falls low, its fact. */
export async function adjustStock(tx: Queryable, cause: Cause, change: StockChange): Promise<void> {
	const { movementId, productId, difference, reason, now } = change;
	const origin = [now.toISOString(), cause.requestID ?? null, cause.id];
	await tx.query(ADJUST, [productId, difference, movementId, reason, ...origin]);
}

/** @returns undefined when there is no such product, or it is another vendor's */
export async function findMovements(
	db: Queryable,
	productId: string,
	vendorId: string | null,
	slice: Slice,
): Promise<Found<Movement> | undefined> {
	const { afterId, limit, offset, isCounted } = slice;
	const rows = await db.query(LIST, [productId, vendorId, afterId ?? LAST_ID, limit, offset, isCounted]);
	if (rows[0] === undefined) return undefined;

	const movements = rows[0].id === null ? [] : rows.map(({ total: _, ...row }) => row as Movement);
	return { rows: movements, total: rows[0].total ?? 0 };
}

import type { Slice, SortKey } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Fact } from "../domain/facts.ts";
import type { Occurred } from "../domain/order.ts";

/** What happened to an order, as its owner sees it. */
export interface HistoryEntry {
	readonly version: number;
	readonly type: string;
	readonly occurredAt: string;
	readonly data: Readonly<Record<string, unknown>>;
}

interface HistoryRow {
	readonly order_id: string;
	readonly version: number | null;
	readonly type: string;
	readonly data: Record<string, unknown>;
	readonly occurred_at: Date;
	readonly total: number;
}

/** What people wrote as a reason stands beside the events. */
const EVENTS = `
	select order_id, version, type, case when text is null then data else data || jsonb_build_object('reason', text) end as data,
		occurred_at
	from order_events left join (select order_id, version, text from order_reasons) as reason using (order_id, version)`;

/** The order's version counts its events. */
const HISTORY = statement<HistoryRow>(
	"orders.history",
	`select page.*, seen.version as total
	from (select version from orders where id = $1 and ($2::uuid is null or user_id = $2)) as seen
	left join (
		${EVENTS} where order_id = $1 and version > $3 order by version limit $4 offset $5
	) as page on true
	order by page.version`,
);

const OF_ORDERS = statement<HistoryRow>(
	"orders.historyOfOrders",
	`${EVENTS} where order_id = any($1::uuid[]) order by order_id, version`,
);

/** Up to the first event after the moment, even where the clocks of two nodes disagree about what came later. */
const UNTIL = statement<{ readonly type: string; readonly data: object; readonly occurred_at: Date }>(
	"orders.historyUntil",
	`select type, data, occurred_at from order_events
	where order_id = $1 and exists (select from orders where id = $1 and ($2::uuid is null or user_id = $2))
		and not exists (select from order_events as later
			where later.order_id = $1 and later.version <= order_events.version and later.occurred_at > $3)
	order by version`,
);

/** Up to nine digits: any `integer` of PostgreSQL has room for them. */
export const BY_VERSION: SortKey<HistoryEntry> = { of: ({ version }) => String(version), pattern: /^\d{1,9}$/ };

/**
 * A slice of what happened to an order, oldest first: a list `BY_VERSION`.
 *
 * @returns undefined when the caller may not see the order
 */
export async function findHistory(db: Queryable, orderId: string, ownerId: string | null, slice: Slice) {
	const { afterKey = "0", limit, offset } = slice;
	const rows = await db.query(HISTORY, [orderId, ownerId, afterKey, limit, offset]);
	if (rows[0] === undefined) return undefined;
	return { rows: rows.flatMap(listedEntries), total: rows[0].total };
}

function entries({ version, type, data, occurred_at }: HistoryRow): HistoryEntry[] {
	return version === null ? [] : [{ version, type, occurredAt: occurred_at.toISOString(), data }];
}

const listedEntries = (row: HistoryRow) => entries(row).map((entry) => ({ id: row.order_id, ...entry }));

/** What happened to some orders, by order. */
export async function historiesOf(db: Queryable, orderIds: readonly string[]): Promise<Map<string, HistoryEntry[]>> {
	const rows = await db.query(OF_ORDERS, [orderIds]);
	const byOrder = Map.groupBy(rows, ({ order_id }) => order_id);
	return new Map([...byOrder].map(([id, of]) => [id, of.flatMap(entries)]));
}

/** What had happened to an order at a moment; nothing when the caller may not see it. */
export async function historyUntil(db: Queryable, orderId: string, ownerId: string | null, moment: string) {
	const rows = await db.query(UNTIL, [orderId, ownerId, moment]);
	return rows.map(({ type, data, occurred_at }): Occurred => ({
		fact: { ...data, type } as Fact,
		at: occurred_at.toISOString(),
	}));
}

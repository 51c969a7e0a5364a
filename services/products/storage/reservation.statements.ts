import { statement } from "../../../mixins/sql/database.ts";
import { lowStockFacts } from "./low-stock.ts";

/*
 * Each of these is one prepared statement that commits by itself. What they share:
 *
 * - The reservation is locked before stock, and stock in the order of product ids, so no two wait for each other.
 * - A verdict is read from `locked`: under READ COMMITTED, `for update` returns the newest version of a row,
 *   whatever the statement's snapshot says.
 * - An update counts from the newest version too, but checks its constraints on the snapshot's version before
 *   (measured: stock given back a moment ago was refused as negative). So reserve, the only one whose checks an
 *   older version can break, writes every balanced column from `locked`.
 * - `(select $4)` hides the length of an array from the planner, which else plans anew for each length.
 * - A conflict on the reservation's id moves nothing: `moved` follows from what was written of the reservation.
 */

export type ReservationStatus = "held" | "committed" | "released" | "restocked";

/** `line`: what a reservation (CTE) holds; `locked`: the stock of it. */
const linesOf = (reservation: string): string => `
	line as materialized (
		select ${reservation}.*, line.product_id, line.quantity
		from ${reservation} cross join unnest(product_ids, quantities) as line (product_id, quantity)
	), locked as materialized (
		select product_id from inventory where product_id in (select product_id from line)
		order by product_id for update of inventory
	)`;

/** $1 reservation, $2 order, $3 expiry, $4 products, $5 quantities, $6 movement, $7–$9 origin of the facts. */
export const RESERVE = statement<{
	readonly isHeld: boolean;
	readonly isLow: boolean;
	readonly known: ReservationStatus | null;
	readonly short: string[] | null;
}>(
	"reservations.reserve",
	`with known as (
		update reservations set expires_at = greatest(expires_at, $3::timestamptz) where id = $1 returning status
	), wanted as materialized (
		select * from unnest((select $4::uuid[]), (select $5::bigint[])) as line (product_id, quantity)
	), locked as materialized (
		select * from inventory
		where product_id = any((select $4::uuid[])::uuid[]) and not exists (select from known)
		order by product_id for update
	), short as materialized (
		select wanted.product_id from wanted left join locked using (product_id)
		where coalesce(locked.available, 0) < wanted.quantity
	), held as (
		insert into reservations (id, order_id, status, expires_at, product_ids, quantities)
		select $1, $2, 'held', $3, $4, $5 where not exists (select from short)
		on conflict (id) do nothing returning order_id
	), moved as (
		update inventory
		set available = locked.available - wanted.quantity, reserved = locked.reserved + wanted.quantity,
			sold = locked.sold, restocked = locked.restocked, adjusted = locked.adjusted
		from locked join wanted using (product_id)
		where inventory.product_id = locked.product_id and exists (select from held)
		returning inventory.product_id, inventory.available, wanted.quantity as taken, inventory.low_stock_threshold
	), journal as (
		insert into movements (product_id, id, kind, quantity, order_id)
		select product_id, $6, 'reserved', taken, $2 from moved
	), ${lowStockFacts(7)}
	select exists (select from held) as "isHeld", exists (select from fallen) as "isLow",
		(select status from known) as known, (select array_agg(product_id) from short) as short`,
);

export const IS_KNOWN = statement<{ id: string }>("reservations.isKnown", "select id from reservations where id = $1");

/** $1 reservation, $2 movement. An expired hold that nobody has given back yet still sells. */
export const COMMIT = statement<{ readonly isCommitted: boolean; readonly before: ReservationStatus | null }>(
	"reservations.commit",
	`with committed as (
		update reservations set status = 'committed', ended_at = now() where id = $1 and status = 'held'
		returning order_id, product_ids, quantities
	), ${linesOf("committed")}, moved as (
		update inventory set reserved = inventory.reserved - line.quantity, sold = inventory.sold + line.quantity
		from line join locked using (product_id)
		where inventory.product_id = line.product_id
		returning inventory.product_id, line.quantity, line.order_id
	), journal as (
		insert into movements (product_id, id, kind, quantity, order_id)
		select product_id, $2, 'sold', quantity, order_id from moved
	)
	select exists (select from committed) as "isCommitted",
		(select status from reservations where id = $1) as before`,
);

/** Where given back stock goes: what was held is held no more, what was sold is counted as restocked. */
const GIVE_BACK = `
	moved as (
		update inventory set available = inventory.available + line.units,
			reserved = inventory.reserved - line.released, restocked = inventory.restocked + line.units - line.released
		from (
			select product_id, sum(quantity) as units,
				coalesce(sum(quantity) filter (where status = 'released'), 0) as released
			from line join locked using (product_id) group by product_id
		) as line
		where inventory.product_id = line.product_id
	)`;

/**
 * $1 reservation, $2 movement. An id that nobody knows gets a tombstone, which a late reserve runs into. Not
 * ended, when the reserve commits in this very moment: asked again, its row is seen.
 */
export const RESTORE = statement<{ readonly isEnded: boolean }>(
	"reservations.restore",
	`with ended as (
		update reservations set status = case status when 'held' then 'released' else 'restocked' end, ended_at = now()
		where id = $1 and status in ('held', 'committed')
		returning status, order_id, product_ids, quantities
	), tombstone as (
		insert into reservations (id, status, ended_at)
		select $1, 'released', now() where not exists (select from reservations where id = $1)
		on conflict (id) do nothing returning id
	), ${linesOf("ended")}, ${GIVE_BACK}, journal as (
		insert into movements (product_id, id, kind, quantity, order_id)
		select product_id, $2, status, quantity, order_id from line
	)
	select exists (select from ended) or exists (select from tombstone)
		or exists (select from reservations where id = $1 and status in ('released', 'restocked')) as "isEnded"`,
);

/** $1 expired before, $2 movements: one for each reservation. */
export const RELEASE_EXPIRED = statement<{ readonly released: number }>(
	"reservations.releaseExpired",
	`with expired as materialized (
		select id from reservations where status = 'held' and expires_at < $1
		order by expires_at limit cardinality($2::uuid[]) for update skip locked
	), ended as (
		update reservations set status = 'released', ended_at = now() from expired where reservations.id = expired.id
		returning status, order_id, product_ids, quantities
	), numbered as (
		select *, row_number() over () as position from ended
	), ${linesOf("numbered")}, ${GIVE_BACK}, journal as (
		insert into movements (product_id, id, kind, quantity, order_id)
		select product_id, ($2::uuid[])[position], status, quantity, order_id from line
	)
	select count(*)::integer as released from ended`,
);

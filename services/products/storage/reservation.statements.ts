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
 * - Each move raises the stock's version, which its ETag shows; the product's own version it leaves alone.
 * - A conflict on the reservation's id moves nothing: `moved` follows from what was written of the reservation.
 */

export type ReservationStatus = "held" | "committed" | "released" | "restocked";

/** `locked`: the stock of what the CTE `line` names. */
const LOCKED = `
	locked as materialized (
		select product_id from inventory where product_id in (select product_id from line)
		order by product_id for update of inventory
	)`;

/** `line`: what a reservation (CTE) holds or has sold, and has not come back; `locked`: the stock of it. */
const linesOf = (reservation: string): string => `
	line as materialized (
		select ${reservation}.*, line.product_id, line.quantity - coalesce(line.returned, 0) as quantity
		from ${reservation} cross join unnest(product_ids, quantities, returned) as line (product_id, quantity, returned)
		where line.quantity > coalesce(line.returned, 0)
	), ${LOCKED}`;

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
			sold = locked.sold, restocked = locked.restocked, adjusted = locked.adjusted, version = locked.version + 1
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
		returning order_id, product_ids, quantities, returned
	), ${linesOf("committed")}, moved as (
		update inventory set reserved = inventory.reserved - line.quantity, sold = inventory.sold + line.quantity,
			version = inventory.version + 1
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
			reserved = inventory.reserved - line.released, restocked = inventory.restocked + line.units - line.released,
			version = inventory.version + 1
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
export const RESTORE = statement<{ readonly isEnded: boolean; readonly productIds: string[] | null }>(
	"reservations.restore",
	`with ended as (
		update reservations set status = case status when 'held' then 'released' else 'restocked' end, ended_at = now()
		where id = $1 and status in ('held', 'committed')
		returning status, order_id, product_ids, quantities, returned
	), tombstone as (
		insert into reservations (id, status, ended_at)
		select $1, 'released', now() where not exists (select from reservations where id = $1)
		on conflict (id) do nothing returning id
	), ${linesOf("ended")}, ${GIVE_BACK}, journal as (
		insert into movements (product_id, id, kind, quantity, order_id)
		select product_id, $2, status, quantity, order_id from line
	)
	select exists (select from ended) or exists (select from tombstone)
		or exists (select from reservations where id = $1 and status in ('released', 'restocked')) as "isEnded",
		(select product_ids from ended) as "productIds"`,
);

/**
 * $1 return, $2 reservation, $3 products, $4 quantities, $5 movement. What may still come back is read from the
 * reservation's row under its lock, together with the returns that came before. With its last unit it is restocked.
 */
export const RETURN = statement<{ readonly isReturned: boolean; readonly excess: string[] | null }>(
	"reservations.return",
	`with reservation as materialized (
		select id, order_id, status, product_ids, quantities, returned, $1::uuid = any(return_ids) as "isKnown"
		from reservations where id = $2 for update
	), sold as materialized (
		select line.product_id, line.quantity, coalesce(line.returned, 0) as returned, line.position
		from reservation cross join unnest(product_ids, quantities, returned)
			with ordinality as line (product_id, quantity, returned, position)
		where status = 'committed'
	), wanted as materialized (
		select * from unnest((select $3::uuid[]), (select $4::bigint[])) as line (product_id, quantity)
	), excess as materialized (
		select wanted.product_id from wanted left join sold using (product_id)
		where wanted.quantity > coalesce(sold.quantity - sold.returned, 0)
			and not coalesce((select "isKnown" from reservation), false)
	), after as materialized (
		select array_agg(sold.returned + coalesce(wanted.quantity, 0) order by position) as returned,
			bool_and(sold.returned + coalesce(wanted.quantity, 0) = sold.quantity) as "isAll"
		from sold left join wanted using (product_id)
	), counted as (
		update reservations set returned = after.returned, return_ids = return_ids || $1::uuid, ended_at = now(),
			status = case when after."isAll" then 'restocked' else 'committed' end
		from reservation cross join after
		where reservations.id = reservation.id and not "isKnown" and not exists (select from excess)
		returning reservations.order_id
	), line as materialized (
		select order_id, product_id, quantity from counted cross join wanted
	), ${LOCKED}, moved as (
		update inventory set available = inventory.available + line.quantity,
			restocked = inventory.restocked + line.quantity, version = inventory.version + 1
		from line join locked using (product_id)
		where inventory.product_id = line.product_id
	), journal as (
		insert into movements (product_id, id, kind, quantity, order_id)
		select product_id, $5, 'restocked', quantity, order_id from line
	)
	select exists (select from counted) or coalesce((select "isKnown" from reservation), false) as "isReturned",
		(select array_agg(product_id) from excess) as excess`,
);

/** $1 expired before, $2 movements: one for each reservation. */
export const RELEASE_EXPIRED = statement<{ readonly released: number }>(
	"reservations.releaseExpired",
	`with expired as materialized (
		select id from reservations where status = 'held' and expires_at < $1
		order by expires_at limit cardinality($2::uuid[]) for update skip locked
	), ended as (
		update reservations set status = 'released', ended_at = now() from expired where reservations.id = expired.id
		returning status, order_id, product_ids, quantities, returned
	), numbered as (
		select *, row_number() over () as position from ended
	), ${linesOf("numbered")}, ${GIVE_BACK}, journal as (
		insert into movements (product_id, id, kind, quantity, order_id)
		select product_id, ($2::uuid[])[position], status, quantity, order_id from line
	)
	select count(*)::integer as released from ended`,
);

import { CHUNK } from "../../../mixins/integrity/audit.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { RESERVATION_STATUSES, StockOfReservation } from "../../contracts/integrity.ts";

/** Units of a product by what became of them. */
export interface Units {
	readonly initial: number;
	readonly adjusted: number;
	readonly reserved: number;
	readonly released: number;
	readonly sold: number;
	readonly restocked: number;
}

export interface AuditedStock {
	readonly id: string;
	readonly counted: Omit<Units, "released"> & { readonly available: number };
	readonly journal: Units;
	/** What the reservations that stand hold. */
	readonly held: number;
	readonly since: Date;
}

const KINDS = ["initial", "adjusted", "reserved", "released", "sold", "restocked"] as const;
const sums = KINDS.map((kind) => `'${kind}', coalesce(sum(quantity) filter (where kind = '${kind}'), 0)`).join(", ");

/** Counters, journal and holds as of one instant. What is held is little, and read by its own index. */
const STOCK = statement<AuditedStock>(
	"inventory.audit",
	`with chosen as materialized (
		select * from inventory where $1::uuid is null or product_id < $1 order by product_id desc limit $2
	), held as (
		select line.product_id, sum(line.quantity) as quantity
		from reservations cross join unnest(product_ids, quantities) as line (product_id, quantity)
		where status = 'held' group by line.product_id
	)
	select chosen.product_id as id, journal.sums as journal, coalesce(held.quantity, 0)::double precision as held, journal.since,
		json_build_object('initial', initial, 'adjusted', adjusted, 'available', available, 'reserved', reserved,
			'sold', sold, 'restocked', restocked) as counted
	from chosen left join held using (product_id) cross join lateral (
		select json_build_object(${sums}) as sums, coalesce(max(created_at), now()) as since
		from movements where movements.product_id = chosen.product_id
	) as journal
	order by chosen.product_id desc`,
);

const NEXT = statement<{ id: string }>(
	"inventory.next",
	`select product_id as id from inventory where $1::uuid is null or product_id < $1 order by product_id desc limit 1`,
);

export interface AuditedReservation {
	readonly id: string;
	readonly orderId: string | null;
	readonly status: (typeof RESERVATION_STATUSES)[number];
	/** What its lines and the journal of its order tell of each other. */
	readonly isInJournal: boolean;
	readonly createdAt: Date;
	readonly since: Date;
}

const RESERVATIONS = statement<AuditedReservation>(
	"reservations.audit",
	`with chosen as materialized (
		select * from reservations where $1::uuid is null or id < $1 order by id desc limit ${CHUNK}
	)
	select id, order_id as "orderId", status, created_at as "createdAt", coalesce(ended_at, created_at) as since,
		not exists (
			select from (
				select line.product_id, sum(line.quantity) as quantity, sum(coalesce(line.returned, 0)) as returned
				from unnest(product_ids, quantities, returned) as line (product_id, quantity, returned)
				group by line.product_id
			) as line full join (
				select product_id, sum(quantity) filter (where kind = 'reserved') as reserved,
					sum(quantity) filter (where kind = 'released') as released,
					sum(quantity) filter (where kind = 'sold') as sold,
					sum(quantity) filter (where kind = 'restocked') as restocked
				from movements where order_id = chosen.order_id group by product_id
			) as moved using (product_id)
			where coalesce(reserved, 0) <> coalesce(line.quantity, 0)
				or coalesce(sold, 0) <> case when status in ('committed', 'restocked') then coalesce(line.quantity, 0) else 0 end
				or coalesce(released, 0) <> case status when 'released' then coalesce(line.quantity, 0) else 0 end
				or coalesce(restocked, 0) <> case status when 'restocked' then coalesce(line.quantity, 0)
					when 'committed' then coalesce(line.returned, 0) else 0 end
		) as "isInJournal"
	from chosen order by id desc`,
);

const OVERDUE = statement<{ id: string; orderId: string | null; since: Date }>(
	"reservations.overdue",
	`select id, order_id as "orderId", expires_at as since from reservations
	where status = 'held' and expires_at < $1 order by expires_at limit ${CHUNK}`,
);

const OF_IDS = statement<StockOfReservation>(
	"reservations.ofIds",
	`select id as "reservationId", status, case status
			when 'committed' then (select coalesce(sum(units), 0) from unnest(returned) as units)
			when 'restocked' then (select coalesce(sum(units), 0) from unnest(quantities) as units)
			else 0 end::integer as "returnedUnits", coalesce(ended_at, created_at) < $2::timestamptz as "isSettled"
	from reservations where id = any($1::uuid[])`,
);

/** A chunk of products with what their counters, their journal and the reservations tell. */
export const auditedStock = (db: Queryable, after: string | null, limit: number): Promise<AuditedStock[]> =>
	db.query(STOCK, [after, limit]);

/** The product that an audit of stock comes to next; null after the last. */
export async function nextProduct(db: Queryable, after: string | null): Promise<string | null> {
	return (await db.query(NEXT, [after]))[0]?.id ?? null;
}

/** A chunk of reservations, newest first. */
export const auditedReservations = (db: Queryable, after: string | null): Promise<AuditedReservation[]> =>
	db.query(RESERVATIONS, [after]);

/** Holds that ended before a moment and were not given back. */
export const overdueHolds = (db: Queryable, before: Date) => db.query(OVERDUE, [before]);

export const stockOfReservations = (db: Queryable, ids: readonly string[], settledBefore: string) =>
	db.query(OF_IDS, [ids, settledBefore]);

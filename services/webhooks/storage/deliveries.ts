import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { DeliveryStatus } from "../domain/verdict.ts";

export interface DeliveryRow {
	readonly id: string;
	readonly endpointId: string;
	readonly eventId: string;
	readonly type: string;
	readonly status: DeliveryStatus;
	readonly attempts: number;
	readonly nextAttemptAt: Date | null;
	readonly createdAt: Date;
	readonly finishedAt: Date | null;
}

export interface AttemptRow {
	readonly number: number;
	readonly at: Date;
	readonly durationMs: number;
	readonly statusCode: number | null;
	readonly error: string | null;
	readonly responseExcerpt: string | null;
}

const COLUMNS = `delivery.id, endpoint_id as "endpointId", event_id as "eventId", event.type, status, attempts,
	next_attempt_at as "nextAttemptAt", delivery.created_at as "createdAt", finished_at as "finishedAt"`;
const JOINED = "deliveries as delivery join events as event on event.id = event_id";

const LIST = statement<DeliveryRow>(
	"webhooks.listDeliveries",
	`select ${COLUMNS} from ${JOINED}
	where endpoint_id = $1 and ($2::text is null or status = $2) and ($3::uuid is null or delivery.id < $3)
	order by delivery.id desc limit $4 offset $5`,
);

const COUNT = statement<{ total: number }>(
	"webhooks.countDeliveries",
	`select count(*)::int as total from (
		select from deliveries where endpoint_id = $1 and ($2::text is null or status = $2) limit ${COUNT_LIMIT}
	) as counted`,
);

const FIND = statement<DeliveryRow & { payload: string }>(
	"webhooks.findDelivery",
	`select ${COLUMNS}, event.payload from ${JOINED}
	where delivery.id = $1 and endpoint_id = $2
		and exists (select from endpoints where id = endpoint_id and deleted_at is null)`,
);

const ATTEMPTS = statement<AttemptRow>(
	"webhooks.attempts",
	`select number, at, duration_ms as "durationMs", status_code as "statusCode", error,
		response_excerpt as "responseExcerpt"
	from attempts where delivery_id = $1 order by number`,
);

/** An attempt that is under way goes on, and may still be the one that succeeds. */
const AGAIN = statement(
	"webhooks.again",
	`update deliveries set status = 'pending', tries = 0, finished_at = null,
		next_attempt_at = coalesce(taken_until, now())
	where id = $1`,
);

export async function listDeliveries(
	db: Queryable,
	endpointId: string,
	status: DeliveryStatus | undefined,
	slice: Slice,
): Promise<Found<DeliveryRow>> {
	const rows = await db.query(LIST, [endpointId, status, slice.afterId, slice.limit, slice.offset]);
	const [{ total } = { total: 0 }] = slice.isCounted ? await db.query(COUNT, [endpointId, status]) : [];
	return { rows, total };
}

/** The delivery with the body that is sent. */
export async function findDelivery(db: Queryable, id: string, endpointId: string) {
	const [row] = await db.query(FIND, [id, endpointId]);
	return row;
}

export const attemptsOf = (db: Queryable, deliveryId: string): Promise<AttemptRow[]> =>
	db.query(ATTEMPTS, [deliveryId]);

/** Makes a delivery due now, with all its tries. */
export async function makeDue(db: Queryable, deliveryId: string): Promise<void> {
	await db.query(AGAIN, [deliveryId]);
}

import type { OrderSort, OrderStatus } from "../../contracts/orders.ts";

export interface OrderFilter {
	/** Whose orders may be seen; null sees everybody's. */
	readonly ownerId: string | null;
	/** Whose of them are wanted. */
	readonly userId?: string | undefined;
	readonly status?: readonly OrderStatus[] | undefined;
	readonly from?: string | undefined;
	readonly to?: string | undefined;
	/** In major units. */
	readonly minTotal?: number | undefined;
	readonly maxTotal?: number | undefined;
	readonly hasOpenReturn?: "true" | undefined;
	readonly sort: OrderSort;
}

/** A WHERE clause with the values of its parameters, and a name that is the same for the same clause. */
export interface Narrowed {
	readonly name: string;
	readonly where: string;
	/** Without the statuses, which are the first parameter when there are any. */
	readonly rest: string;
	readonly values: readonly unknown[];
}

/** An id is made in the moment its order is placed; a clock that was put back may lie between, by no more than this. */
const SLACK_MS = 60_000;

/** In these words the index of such orders is found. */
const IS_RETURN_OPEN = `orders.returns @> '[{"status": "requested"}]'`;

/** What lies behind an order, in each sort; `$` is its id. */
const TOTAL = "(select total_amount from orders where id = $::uuid), $::uuid";
const AFTER: Readonly<Record<OrderSort, string>> = {
	"-createdAt": "orders.id < $::uuid",
	createdAt: "orders.id > $::uuid",
	total: `(orders.total_amount, orders.id) > (${TOTAL})`,
	"-total": `(orders.total_amount, orders.id) < (${TOTAL})`,
};

/**
 * Only what is asked for stands in the clause, so that the planner knows it. Ids grow with time: with their bounds a
 * period is cut from the index of the list, wherever it lies.
 *
 * @param afterId the last order of the slice before
 */
export function narrowed(filter: OrderFilter, afterId: string | null): Narrowed {
	const { ownerId, userId, status, from, to, minTotal, maxTotal, hasOpenReturn, sort } = filter;
	const conditions: [letter: string, sql: string, value: unknown][] = [
		["s", "orders.status = any($::text[])", status],
		["o", "orders.user_id = $::uuid", ownerId],
		["u", "orders.user_id = $::uuid", userId],
		["f", "orders.created_at >= $::timestamptz", from],
		["F", "orders.id >= $::uuid", from && idAt(Date.parse(from) - SLACK_MS)],
		["t", "orders.created_at < $::timestamptz", to],
		["T", "orders.id <= $::uuid", to && idAt(Date.parse(to) + SLACK_MS)],
		["m", "orders.total_amount >= $::numeric", minTotal],
		["M", "orders.total_amount <= $::numeric", maxTotal],
		["r", `$::boolean and ${IS_RETURN_OPEN}`, hasOpenReturn],
		["a", AFTER[sort], afterId],
	];
	const given = conditions.filter(([, , value]) => value != null);
	const clauses = given.map(([, sql], index) => sql.replaceAll("$", `$$${index + 1}`));
	return {
		name: given.map(([letter]) => letter).join("") || "all",
		where: ["true", ...clauses].join(" and "),
		rest: ["true", ...(status === undefined ? clauses : clauses.slice(1))].join(" and "),
		values: given.map(([, , value]) => value),
	};
}

/** Whether several statuses of everybody's orders are wanted: those of one user are few. */
export const isMerged = ({ status, ownerId, userId }: OrderFilter): boolean =>
	status !== undefined && ownerId === null && userId === undefined;

/** The smallest id of a millisecond (UUIDv7 begins with it). */
function idAt(ms: number): string {
	const time = Math.min(Math.max(ms, 0), 2 ** 48 - 1);
	const digits = time.toString(16).padStart(12, "0");
	return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`;
}

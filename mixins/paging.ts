import { createHash } from "node:crypto";
import { ValidationFailed } from "../services/contracts/errors.ts";
import { MAX_PAGED_ROWS } from "../services/contracts/paging.ts";
import type { Listing, PagingParams } from "../services/contracts/paging.ts";

const DEFAULT_SIZE = 20;

/** Which rows of a list are wanted, for a statement ordered by `id desc` (UUIDv7: newest first) unless told otherwise. */
export interface Slice {
	/** The last row of the slice before, or null for the first. */
	readonly afterId: string | null;
	/** What that row is sorted by, in a list sorted by something else before the id. */
	readonly afterKey?: string;
	readonly limit: number;
	readonly offset: number;
	/** Whether the total must be counted, up to one more than `MAX_PAGED_ROWS`. */
	readonly isCounted: boolean;
}

export interface Found<Row> {
	readonly rows: readonly Row[];
	/** Counted up to `MAX_PAGED_ROWS + 1`; not read when the slice is not counted. */
	readonly total: number;
}

/** How rows are sorted before their ids. */
export interface SortKey<Row> {
	/** What a row is sorted by, as text of at most 300 bytes. */
	readonly of: (row: Row) => string;
	/** What such a text looks like: a cursor with another one is refused. */
	readonly pattern: RegExp;
}

/** How many matches a statement counts at most: one more than pages reach. */
export const COUNT_LIMIT = MAX_PAGED_ROWS + 1;

/**
 * Reads one slice of a list and answers it the way it was asked for: numbered pages, or a cursor.
 *
 * @param filter what selects the rows; a cursor works only with the filter it came from
 * @param find reads the slice; ask it for `limit` rows (one more than shown, when a cursor follows)
 * @param sortKey where ids alone are not the order
 * @throws ValidationFailed when the cursor is not one of this list
 */
export async function listed<Row extends { readonly id: string }>(
	params: PagingParams,
	filter: object,
	find: (slice: Slice) => Promise<Found<Row>>,
	sortKey?: SortKey<NoInfer<Row>>,
): Promise<Listing<Row>> {
	const isByCursor = params.cursor !== undefined || params.limit !== undefined;
	return isByCursor ? byCursor(params, filter, find, sortKey) : byPage(params, find);
}

async function byPage<Row>(
	{ page = 1, pageSize = DEFAULT_SIZE }: PagingParams,
	find: (slice: Slice) => Promise<Found<Row>>,
) {
	const { rows, total: counted } = await find({
		afterId: null,
		limit: pageSize,
		offset: (page - 1) * pageSize,
		isCounted: true,
	});
	const total = Math.min(counted, MAX_PAGED_ROWS);
	const estimate = counted > MAX_PAGED_ROWS ? { totalIsEstimate: true } : {};
	return { rows: [...rows], total, ...estimate, page, pageSize, totalPages: Math.ceil(total / pageSize) };
}

async function byCursor<Row extends { readonly id: string }>(
	{ cursor, limit = DEFAULT_SIZE }: PagingParams,
	filter: object,
	find: (slice: Slice) => Promise<Found<Row>>,
	sortKey: SortKey<Row> | undefined,
) {
	const after = cursor === undefined ? { afterId: null } : readCursor(cursor, filter, sortKey?.pattern);
	const found = await find({ ...after, limit: limit + 1, offset: 0, isCounted: false });
	const rows = found.rows.slice(0, limit);
	const last = found.rows.length > limit ? rows.at(-1) : undefined;
	return { rows, nextCursor: last === undefined ? null : writeCursor(last.id, filter, sortKey?.of(last)) };
}

/** Opaque to clients: the last id, a hash of the filter it belongs to, and what its row is sorted by. */
function writeCursor(id: string, filter: object, key: string | undefined): string {
	const parts = [id, hashOf(filter), ...(key === undefined ? [] : [key])];
	return Buffer.from(parts.join(".")).toString("base64url");
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function readCursor(cursor: string, filter: object, pattern: RegExp | undefined): Pick<Slice, "afterId" | "afterKey"> {
	const [id = "", hash, ...rest] = Buffer.from(cursor, "base64url").toString().split(".");
	const afterKey = rest.join(".");
	const isOurs = UUID.test(id) && hash === hashOf(filter) && (pattern ?? /^$/).test(afterKey);
	if (isOurs) return pattern === undefined ? { afterId: id } : { afterId: id, afterKey };
	const message = "is not a cursor of this list with these filters; start again without one";
	throw new ValidationFailed({ errors: [{ path: "cursor", message }] });
}

function hashOf(filter: object): string {
	const stated = Object.entries(filter).filter(([, value]) => value !== undefined);
	return createHash("sha256").update(JSON.stringify(stated)).digest("base64url").slice(0, 12);
}

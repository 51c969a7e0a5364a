import { z } from "zod";
import { text } from "./text.ts";

export const MAX_PAGE_SIZE = 100;
/** Numbered pages end here; deeper readers use the cursor. Totals are exact up to here. */
export const MAX_PAGED_ROWS = 10_000;

const count = z.coerce.number().int().positive();

/** The two ways to read a list: `page` and `pageSize`, or `cursor` and `limit`. */
export const Paging = {
	page: count.optional(),
	pageSize: count.max(MAX_PAGE_SIZE).optional(),
	cursor: text(500).optional(),
	limit: count.max(MAX_PAGE_SIZE).optional(),
};

export interface PagingParams {
	readonly page?: number | undefined;
	readonly pageSize?: number | undefined;
	readonly cursor?: string | undefined;
	readonly limit?: number | undefined;
}

/** Parameters of a list: its own filters and the paging; what contradicts itself is refused. */
export const listParams = <Shape extends z.ZodRawShape>(filters: Shape) =>
	z
		.strictObject({ ...filters, ...Paging })
		.refine((given) => !isBoth(given as PagingParams), {
			path: ["cursor"],
			message: "send page and pageSize, or cursor and limit",
		})
		.refine((given) => !isTooDeep(given as PagingParams), {
			path: ["page"],
			message: `pages reach ${MAX_PAGED_ROWS} rows deep; read further with cursor and limit`,
		});

const isBoth = ({ page, pageSize, cursor, limit }: PagingParams): boolean =>
	(page ?? pageSize) !== undefined && (cursor ?? limit) !== undefined;

const isTooDeep = ({ page = 1, pageSize = 20 }: PagingParams): boolean => page * pageSize > MAX_PAGED_ROWS;

/** What a list answers, by the way it was asked. */
export const listOf = <Row extends z.ZodType>(row: Row) =>
	z.union([
		z.object({
			rows: z.array(row),
			total: z.int(),
			totalIsEstimate: z.boolean().optional(),
			page: z.int(),
			pageSize: z.int(),
			totalPages: z.int(),
		}),
		z.object({ rows: z.array(row), nextCursor: z.string().nullable() }),
	]);

export type Listing<Row> =
	| { rows: Row[]; total: number; totalIsEstimate?: boolean; page: number; pageSize: number; totalPages: number }
	| { rows: Row[]; nextCursor: string | null };

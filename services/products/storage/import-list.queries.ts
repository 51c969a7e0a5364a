import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Import } from "../../contracts/imports.ts";
import { SUMMARY } from "./import.store.ts";

export type ImportSummary = Omit<Import, "errors" | "errorsTruncated">;

const OF_AUTHOR = "imports where ($1::uuid is null or author_id = $1)";

const LIST = statement<ImportSummary>(
	"imports.list",
	`select ${SUMMARY} from ${OF_AUTHOR} and ($2::uuid is null or id < $2) order by id desc limit $3 offset $4`,
);
const COUNT = statement<{ total: number }>(
	"imports.count",
	`select count(*)::integer as total from (select from ${OF_AUTHOR} limit ${COUNT_LIMIT}) as counted`,
);

/** @param authorId whose imports may be seen; null sees everybody's */
export async function findImports(
	db: Queryable,
	authorId: string | null,
	{ afterId, limit, offset, isCounted }: Slice,
): Promise<Found<ImportSummary>> {
	const [rows, [counted]] = await Promise.all([
		db.query(LIST, [authorId, afterId, limit, offset]),
		isCounted ? db.query(COUNT, [authorId]) : [],
	]);
	return { rows, total: counted?.total ?? 0 };
}

import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Role } from "../../contracts/meta.ts";
import type { Account } from "../domain/account.ts";
import { COLUMNS } from "./accounts.ts";

export interface UserFilter {
	readonly q?: string | undefined;
	readonly role?: Role | undefined;
	readonly isActive?: boolean | undefined;
}

const MATCHES = `($1::text is null or searched like $1) and ($2::text is null or role = $2)
	and ($3::boolean is null or is_active = $3)`;
const FEW = 1_000;

/**
 * Few matches are found by the index of trigrams and sorted; many are met soon on the way through the newest. Which of
 * both it is, the planner of a prepared statement cannot know, so the statement looks.
 */
const LIST = statement<Account>(
	"users.search",
	`with few as materialized (select id from users where ${MATCHES} limit ${FEW} + 1),
	chosen as (
		select id from few where (select count(*) from few) <= ${FEW} and ($4::uuid is null or id < $4)
		union all
		(select id from users
		where (select count(*) from few) > ${FEW} and ${MATCHES} and ($4::uuid is null or id < $4)
		order by id desc limit $5::bigint + $6::bigint)
	)
	select ${COLUMNS} from users where id in (select id from chosen order by id desc limit $5 offset $6)
	order by id desc`,
);

const COUNT = statement<{ total: number }>(
	"users.search count",
	`select count(*)::integer as total from (select from users where ${MATCHES} limit ${COUNT_LIMIT}) as counted`,
);

export async function searchUsers(db: Queryable, filter: UserFilter, slice: Slice): Promise<Found<Account>> {
	const matching = [patternOf(filter.q), filter.role ?? null, filter.isActive ?? null];
	const [rows, counted] = await Promise.all([
		db.query(LIST, [...matching, slice.afterId, slice.limit, slice.offset]),
		slice.isCounted ? db.query(COUNT, matching) : [],
	]);
	return { rows, total: counted[0]?.total ?? 0 };
}

/** What was typed stands for itself. */
const patternOf = (q: string | undefined): string | null =>
	q === undefined ? null : `%${q.toLowerCase().replaceAll(/[\\%_]/g, "\\$&")}%`;

import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

const SUBTREE = statement<{ id: string }>(
	"categories.subtree",
	`with recursive subtree as (
		select id from categories where id = $1
		union
		select categories.id from categories join subtree on categories.parent_id = subtree.id
	)
	select id from subtree`,
);

/** A category and all below it; none where there is no such category. */
export async function subtreeOf(db: Queryable, categoryId: string): Promise<string[]> {
	return (await db.query(SUBTREE, [categoryId])).map(({ id }) => id);
}

import type { ServiceSchema } from "moleculer";
import { DataTypes, Op } from "sequelize";
import type { StoaService } from "../../../mixins/define-service.ts";
import type { Found, Slice, SortKey } from "../../../mixins/paging.ts";
import { records } from "../../../mixins/records.mixin.ts";
import type { Category } from "../../contracts/categories.ts";

/** Categories through moleculer-db, for `this.actions.find` and `this.actions.count`. */
export function categoryRecords(url: () => string): Partial<ServiceSchema> {
	const settings: Record<string, unknown> = { idField: "id" };
	return {
		mixins: [records({ url, table: "categories", attributes }) as ServiceSchema],
		settings,
	};
}

const attributes = () => ({
	id: { type: DataTypes.UUID, primaryKey: true },
	name: DataTypes.TEXT,
	description: DataTypes.TEXT,
	parentId: { type: DataTypes.UUID, field: "parent_id" },
});

type Records = Pick<StoaService, "actions">;

/** No two categories have the same name. */
export const BY_NAME: SortKey<Category> = { of: ({ name }) => name, pattern: /^[^\0]{1,100}$/u };

/** A slice of all categories, or of the roots: a list `BY_NAME`. */
export async function findCategories({ actions }: Records, ofRoots: boolean, slice: Slice): Promise<Found<Category>> {
	const { afterKey = "", limit, offset, isCounted } = slice;
	const query = { name: { [Op.gt]: afterKey }, ...(ofRoots ? { parentId: null } : {}) };
	const [rows, total] = await Promise.all([
		actions.find?.({ query, sort: "name", limit, offset }),
		isCounted ? actions.count?.({ query }) : 0,
	]);
	return { rows: rows as Category[], total: total as number };
}

/** All that lie under another, by name. */
export async function findSubcategories({ actions }: Records): Promise<Category[]> {
	return (await actions.find?.({ query: { parentId: { [Op.ne]: null } }, sort: "name" })) as Category[];
}

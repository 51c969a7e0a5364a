import type { ServiceSchema } from "moleculer";
import { DataTypes } from "sequelize";
import { records } from "../../../mixins/records.mixin.ts";

/** Categories through moleculer-db, for `this.actions.find`. */
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

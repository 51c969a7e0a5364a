import DbService from "moleculer-db";
import SequelizeAdapter from "moleculer-db-adapter-sequelize";
import type { ServiceSchema } from "moleculer";
import { Model, Sequelize } from "sequelize";
import type { ModelAttributes } from "sequelize";

/** Administrative lists need few connections; hot paths have the `pg` pool. */
const POOL = { max: 2, min: 0, idle: 10_000 };

/**
 * The adapter closes and clones what it is given, so it opens its own small pool on connect.
 * A Model class, unlike a definition, is never synchronised: tables belong to the migrations.
 */
class RecordsAdapter extends SequelizeAdapter {
	/** Not private: Moleculer clones the adapter, and a clone has no private fields. */
	readonly url: () => string;

	constructor(url: () => string) {
		super({});
		this.url = url;
	}

	override connect(): Promise<void> {
		const sequelize = new Sequelize(this.url(), { dialect: "postgres", logging: false, pool: POOL });
		const { table, attributes } = (this as unknown as { service: { schema: { record: RecordSchema } } }).service.schema
			.record;
		class Row extends Model {}
		Row.init(attributes(), { sequelize, tableName: table, timestamps: false, underscored: true });
		Object.assign(this, { opts: [sequelize] });
		Object.assign((this as unknown as { service: { schema: object } }).service.schema, { model: Row });
		return super.connect();
	}
}

export interface RecordSchema {
	readonly table: string;
	/** A function, since Moleculer clones schemas and Sequelize's types do not survive that. */
	readonly attributes: () => ModelAttributes;
}

export interface RecordsOptions extends RecordSchema {
	readonly url: () => string;
}

/**
 * Administrative reads of one table through moleculer-db: `this.actions.find` and `this.actions.count`, and nothing
 * else of it: what it declares would merge into the service's own actions of the same names. Both are private:
 * moleculer-db's `query` parameter reaches hidden columns (measured: a blind oracle), so actions with a contract stand
 * before them. They write nothing; writes go through `change`.
 */
export function records({ url, ...record }: RecordsOptions): Partial<ServiceSchema> {
	return {
		mixins: [DbService],
		adapter: new RecordsAdapter(url),
		model: {},
		record,
		actions: {
			// Uncached, since writes go past moleculer-db.
			find: { visibility: "private", cache: false },
			count: { visibility: "private", cache: false },
			list: false,
			create: false,
			insert: false,
			get: false,
			resolve: false,
			update: false,
			remove: false,
		},
	} as unknown as Partial<ServiceSchema>;
}

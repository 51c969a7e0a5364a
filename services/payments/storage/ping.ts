import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

const PING = statement("payments.ping", "select 1");

export async function reach(db: Queryable): Promise<void> {
	await db.query(PING);
}

import { randomUUID } from "node:crypto";
import type { Database, Statement } from "../../sql/database.ts";
import { purge } from "../../sql/purge.ts";
import type { Collection } from "../collection.ts";
import { RebuildLost, RebuildRunning } from "../store.ts";
import type { Shadow } from "../store.ts";
import { purgeStale, rebuildStatements } from "./statements.ts";

/** @throws RebuildRunning */
export async function beginRebuild(collection: Collection, db: Database): Promise<Shadow> {
	const steps = rebuildStatements(collection);
	const stale = purgeStale(collection);
	const claim = randomUUID();
	const [begun] = await db.query(steps.begin, [claim]);
	if (begun === undefined) throw new RebuildRunning(collection.name);
	const { live, made } = begun;

	const step = async (wanted: Statement<{ ok: number }>, values: readonly unknown[] = [claim]) => {
		const done = await db.query(wanted, values);
		if (done.length === 0) throw new RebuildLost(collection.name);
	};
	const forget = async () => {
		while (await purge(db, stale));
	};
	await forget();
	return {
		fill: (entries) => step(steps.fill, [JSON.stringify(entries), claim]),
		live: async (afterId, limit) => {
			await step(steps.renew);
			return db.query(steps.scan, [live, afterId, limit]);
		},
		rebuilt: (afterId, limit) => db.query(steps.scan, [made, afterId, limit]),
		swap: () => step(steps.swap).then(forget),
		abandon: async () => {
			await db.query(steps.abandon, [claim]);
			await forget();
		},
	};
}

import { randomUUID } from "node:crypto";
import type { Entry } from "../entry.ts";
import { CLAIM_SECONDS, RebuildLost, RebuildRunning } from "../store.ts";
import type { Shadow } from "../store.ts";
import { entryOf } from "./driver.ts";
import type { MongoCollection, MongoDatabase, MongoRow } from "./driver.ts";
import { isDuplicate, isMissing } from "./errors.ts";
import { insertNewer } from "./write.ts";

/** Says of each collection whether it is being rebuilt, and where: `{ _id, claim, shadow, renewedAt }`. */
const REBUILDS = "rebuilds";

/** Never used twice, so that a writer or a rebuild of yesterday reaches nobody's. */
const shadowName = (name: string, claim: string): string => `${name}.rebuild.${claim}`;

/** The collection that a rebuild is filling, if one is under way. */
export async function shadowOf(db: MongoDatabase, name: string): Promise<MongoCollection | undefined> {
	const state = (await db.collection(REBUILDS).findOne({ _id: name })) as { readonly claim?: string } | null;
	return state?.claim === undefined ? undefined : db.collection(shadowName(name, state.claim));
}

interface Rebuilding {
	readonly db: MongoDatabase;
	readonly name: string;
	readonly live: MongoCollection;
	readonly index: (collection: MongoCollection) => Promise<unknown>;
	/** Makes ServiceBusy of the driver's faults. */
	readonly within: <R>(work: () => Promise<R>) => Promise<R>;
}

/** @throws RebuildRunning */
export async function beginRebuild({ db, name, live, index, within }: Rebuilding): Promise<Shadow> {
	const claim = randomUUID();
	await claimRebuild(db, name, claim);
	await forget(db, name, claim);
	const shadow = db.collection(shadowName(name, claim));
	await index(shadow);

	const renewed = async () => {
		const { matchedCount } = await rebuilds(db).updateOne({ _id: name, claim }, { $set: { renewedAt: new Date() } });
		if (matchedCount === 0) throw new RebuildLost(name);
	};
	const ended = async () => {
		await rebuilds(db).deleteOne({ _id: name, claim });
		await drop(shadow);
	};
	return {
		fill: (entries) =>
			within(() =>
				renewed()
					.then(() => insertNewer(shadow, entries))
					.then(() => undefined),
			),
		live: (afterId, limit) => within(() => renewed().then(() => scan(live, afterId, limit))),
		rebuilt: (afterId, limit) => within(() => scan(shadow, afterId, limit)),
		swap: () =>
			within(async () => {
				await renewed();
				// One step for whoever reads; a rebuild that took over has dropped ours, and then this fails.
				await shadow.rename(name, { dropTarget: true });
				await ended();
			}),
		abandon: () => within(ended),
	};
}

const rebuilds = (db: MongoDatabase): MongoCollection => db.collection(REBUILDS);

async function claimRebuild(db: MongoDatabase, name: string, claim: string): Promise<void> {
	const renewedAt = new Date();
	const dead = new Date(renewedAt.getTime() - CLAIM_SECONDS * 1_000);
	try {
		const mine = { $set: { claim, renewedAt } };
		await rebuilds(db).updateOne({ _id: name, renewedAt: { $lt: dead } }, mine, { upsert: true });
	} catch (error) {
		throw isDuplicate(error) ? new RebuildRunning(name) : error;
	}
}

/** Drops what rebuilds that died, and writers that were late, have left. */
async function forget(db: MongoDatabase, name: string, claim: string): Promise<void> {
	const found = await db.listCollections({}, { nameOnly: true }).toArray();
	const left = found.filter(
		(each) => each.name.startsWith(shadowName(name, "")) && each.name !== shadowName(name, claim),
	);
	for (const each of left) await drop(db.collection(each.name));
}

async function drop(collection: MongoCollection): Promise<void> {
	await collection.drop().catch((error: unknown) => {
		if (!isMissing(error)) throw error;
	});
}

async function scan(collection: MongoCollection, afterId: string, limit: number): Promise<Entry[]> {
	const rows = await collection
		.find({ _id: { $gt: afterId } })
		.sort({ _id: 1 })
		.limit(limit)
		.batchSize(limit)
		.toArray();
	return (rows as MongoRow[]).map(entryOf);
}

import type { Service } from "moleculer";
import MongoDbAdapter from "moleculer-db-adapter-mongo";
import type { MongoCollection, MongoDatabase } from "./driver.ts";
import type { MongoServer } from "./mongo-server.ts";

/** A server that is away, or silent, fails a call within these; a caller's own timeout is longer. */
const TIMES = {
	serverSelectionTimeoutMS: 2_000,
	connectTimeoutMS: 2_000,
	socketTimeoutMS: 5_000,
	waitQueueTimeoutMS: 2_000,
	heartbeatFrequencyMS: 2_000,
};

const OPTIONS = {
	...TIMES,
	useUnifiedTopology: true,
	useNewUrlParser: true,
	poolSize: 10,
	ignoreUndefined: true,
	// A write that only the primary knows may be rolled back when another one takes over.
	writeConcern: { w: "majority", wtimeout: 5_000 },
};

/**
 * moleculer-db's adapter for one collection, outside of moleculer-db: connects when it is first needed and again after
 * a failure; from then on the driver itself reconnects. Ids are texts and stay what they are, also those of 24 hex digits.
 */
export class DocumentsAdapter extends MongoDbAdapter {
	declare db: MongoDatabase;
	declare client: { close(isForced: boolean): Promise<void> } | undefined;
	#connected: Promise<MongoCollection> | undefined;
	readonly #prepare: (collection: MongoCollection) => Promise<unknown>;

	/** @param prepare runs once after connecting, before anything else does */
	constructor(
		{ url, database }: MongoServer,
		collection: string,
		log: (line: string) => void,
		prepare: (collection: MongoCollection) => Promise<unknown>,
	) {
		super(url, OPTIONS, database);
		const logger = { info: log, warn: log, error: log };
		const service: unknown = { schema: { collection }, logger };
		this.init(undefined as never, service as Service);
		this.#prepare = prepare;
	}

	/** @throws what the driver throws, within seconds, when the server is away */
	connected(): Promise<MongoCollection> {
		this.#connected ??= this.#connect().catch((error: unknown) => {
			this.#connected = undefined;
			throw error;
		});
		return this.#connected;
	}

	override async disconnect(): Promise<void> {
		await this.#connected?.catch(() => undefined);
		// Not in order: the driver would wait for the end of connections that it has closed itself for idling.
		await this.client?.close(true);
	}

	/** Would make an ObjectID of whatever looks like one. */
	stringToObjectID(id: string): string {
		return id;
	}

	async #connect(): Promise<MongoCollection> {
		await this.connect();
		const collection = this.collection as MongoCollection;
		await this.#prepare(collection);
		return collection;
	}
}

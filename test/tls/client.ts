/**
 * Connects to one server as Stoa does, and says how that went: `node test/tls/client.ts <what> <url>`. It is a
 * process of its own, since NODE_EXTRA_CA_CERTS is read when Node starts.
 */
import dns from "node:dns";
import { inspect } from "node:util";
import { Loggers, ServiceBroker } from "moleculer";
import { redisOptions } from "../../mixins/broker/redis-options.ts";
import { RedisTransporter } from "../../mixins/broker/redis-transporter.ts";
import { mongoServer } from "../../mixins/documents/mongo/mongo-server.ts";
import { openDocuments } from "../../mixins/documents/open-documents.ts";
import { natsAt } from "../../mixins/events/jetstream/connection.ts";
import { brokerAt } from "../../mixins/events/rabbitmq/connection.ts";
import { records } from "../../mixins/records.mixin.ts";
import { SharedCounters } from "../../mixins/redis/shared-counters.ts";
import { openDatabase, statement } from "../../mixins/sql/database.ts";
import { migrate } from "../../mixins/sql/migrate.ts";
import { STRANGER } from "./stranger.ts";

const GIVE_UP_MS = 10_000;

/** Connects, or throws; what tries for ever tells `stumble` why it did not succeed. */
type Connect = (url: string, stumble: (trouble: unknown) => void) => Promise<unknown>;

const CLIENTS: Readonly<Record<string, Connect>> = {
	database: (url) => openDatabase({ url, applicationName: "tls" }).query(statement("tls.one", "select 1")),
	migrations: (url) => migrate({ url, folder: import.meta.dirname }),

	async records(url) {
		const broker = new ServiceBroker({ logger: false });
		broker.createService({
			name: "databases",
			mixins: [records({ table: "pg_database", attributes: () => ({}), url: () => url })],
		});
		const service = broker.getLocalService("databases") as unknown as { adapter: { connect(): Promise<void> } };
		await service.adapter.connect();
	},

	counters(url, stumble) {
		const { redis } = new SharedCounters({ url, namespace: "tls" });
		redis.on("error", stumble);
		return new Promise((resolve) => redis.once("ready", resolve));
	},

	transporter(url, stumble) {
		const transporter = new RedisTransporter(redisOptions(url));
		return new ServiceBroker({ namespace: `tls-${process.pid}`, transporter, logger: new Stumbling(stumble) }).start();
	},

	rabbitmq(url, stumble) {
		const { connection } = brokerAt(url, busLog(stumble), Math.random);
		connection.start();
		return connection.ready();
	},

	nats(url, stumble) {
		const connection = natsAt([url], busLog(stumble), Math.random);
		connection.start();
		return connection.ready();
	},

	mongodb(url) {
		const place = { db: undefined as never, mongodb: mongoServer(url, undefined) };
		return openDocuments({ name: "tls", fields: {}, sorts: [] }, { ...place, log: () => undefined }).get("nothing");
	},
};

const busLog = (stumble: (trouble: unknown) => void) => ({
	info: () => undefined,
	warn: (_text: string, error?: unknown) => stumble(error),
});

/** Passes on the errors that a broker writes into its log, at any level. */
class Stumbling extends Loggers.Base<object> {
	readonly #stumble: (trouble: unknown) => void;

	constructor(stumble: (trouble: unknown) => void) {
		super({});
		this.#stumble = stumble;
	}

	override getLogHandler() {
		return (_type: string, args: unknown[]) => args.filter((each) => each instanceof Error).forEach(this.#stumble);
	}
}

/** The name of somebody else leads to our servers, as when a resolver was deceived. */
function deceive(): void {
	const { lookup } = dns;
	const deceived = (name: string, ...rest: unknown[]) =>
		(lookup as (name: string, ...rest: unknown[]) => void)(name === STRANGER ? "127.0.0.1" : name, ...rest);
	dns.lookup = deceived as unknown as typeof lookup;
}

function end(outcome: string, reason?: unknown): never {
	console.log(outcome, reason === undefined ? "" : inspect(reason, { depth: 4 }));
	process.exit(0);
}

deceive();
const [what = "", url = ""] = process.argv.slice(2);
setTimeout(() => end("silent"), GIVE_UP_MS);
await CLIENTS[what]?.(url, (trouble) => end("refused", trouble)).then(
	() => end("connected"),
	(error: unknown) => end("refused", error),
);

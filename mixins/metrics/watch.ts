import type { Service } from "moleculer";
import type { EventBus } from "../events/bus.ts";
import type { RelayOptions } from "../events/relay.ts";
import { statement } from "../sql/database.ts";
import type { Database, Statement } from "../sql/database.ts";
import { metricsOf } from "./registry.ts";
import type { MetricRegistry } from "./registry.ts";

/** A service with a database, as its mixins see it. */
type Stored = Service & { readonly db: Database };

/** Counting stops here, so that a scrape costs the same however long a queue has become. */
const COUNTED_AT_MOST = 10_000;
const SERVICE = ["service"];

const ALIVE = statement("metrics.alive", "select 1");

const OUTBOX = statement<{ pending: number; oldestSeconds: number }>(
	"metrics.outbox",
	`select count(*)::int as pending,
		coalesce(extract(epoch from now() - min(occurred_at)), 0)::double precision as "oldestSeconds"
	from (select occurred_at from outbox where published_at is null order by id limit ${COUNTED_AT_MOST}) as pending`,
);

const INBOX = statement<{ pending: number; dead: number }>(
	"metrics.inbox",
	`select
		(select count(*) from (select from inbox where processed_at is null and dead_at is null
			order by next_attempt_at limit ${COUNTED_AT_MOST}) as pending)::int as pending,
		(select count(*) from (select from inbox where dead_at is not null limit ${COUNTED_AT_MOST}) as dead)::int as dead`,
);

const SAGAS = statement<{ open: number; attention: number }>(
	"metrics.sagas",
	`select count(*)::int as open, (count(*) filter (where needs_attention))::int as attention
	from (select needs_attention from sagas where state <> 'done' order by next_run_at limit ${COUNTED_AT_MOST}) as open`,
);

/** Shows the connections of a service's pool, and whether its database answers. */
export function watchPool({ broker, name, db }: Stored): void {
	const registry = metricsOf(broker);
	if (registry === undefined) return;
	const connections = registry.gauge("stoa_pg_pool_connections", "Connections to the database.", ["service", "state"]);
	connections.of(name, "busy").set(() => db.stats().total - db.stats().idle);
	connections.of(name, "idle").set(() => db.stats().idle);
	registry
		.gauge("stoa_pg_pool_waiting", "Statements that wait for a connection.", SERVICE)
		.of(name)
		.set(() => db.stats().waiting);
	const isUp = registry.gauge("stoa_database_up", "1 when the database answers, else 0.", SERVICE).of(name);
	registry.sampling(async () => {
		await db.query(ALIVE).then(
			() => isUp.set(1),
			() => isUp.set(0),
		);
	});
}

/**
 * Shows what a service's outbox holds.
 *
 * @returns the bus through which to publish: it counts what is safe with every reader
 */
export function watchOutbox({ broker, name, db }: Stored, bus: EventBus): RelayOptions["bus"] {
	const registry = metricsOf(broker);
	if (registry === undefined) return bus;
	sampled(registry, { name, db }, OUTBOX, {
		pending: ["stoa_outbox_pending", `Facts that wait to be published, counted up to ${COUNTED_AT_MOST}.`],
		oldestSeconds: ["stoa_outbox_oldest_seconds", "How long the oldest of them has been waiting."],
	});
	const published = registry
		.counter("stoa_outbox_published_total", "Facts that this node published.", SERVICE)
		.of(name);
	return {
		isConnected: () => bus.isConnected(),
		publish: async (messages) => {
			const safe = await bus.publish(messages);
			published.inc(safe.size);
			return safe;
		},
	};
}

/** Shows what a service's inbox holds. */
export function watchInbox(service: Stored): void {
	watchRow(service, INBOX, {
		pending: ["stoa_inbox_pending", `Deliveries that wait to be handled, counted up to ${COUNTED_AT_MOST}.`],
		dead: ["stoa_dead_letters", "Deliveries that failed all their tries and wait for an operator."],
	});
}

/** Shows the sagas of a service. */
export function watchSagas(service: Stored): void {
	watchRow(service, SAGAS, {
		open: ["stoa_sagas_open", `Sagas that are not done, counted up to ${COUNTED_AT_MOST}.`],
		attention: ["stoa_sagas_needing_attention", "Open sagas that were tried so often that an operator should look."],
	});
}

/** Shows numbers that a service reads from its tables: one row, a gauge for each column. */
export function watchRow<Row extends Readonly<Record<keyof Row, number>>>(
	{ broker, name, db }: Stored,
	question: Statement<Row>,
	columns: Gauges<Row>,
): void {
	const registry = metricsOf(broker);
	if (registry !== undefined) sampled(registry, { name, db }, question, columns);
}

type Gauges<Row> = Readonly<Record<keyof Row & string, readonly [name: string, help: string]>>;

/** Sets a gauge for each column. While the database does not answer, nothing is shown: an old number would be a lie. */
function sampled<Row extends Readonly<Record<keyof Row, number>>>(
	registry: MetricRegistry,
	{ name, db }: Pick<Stored, "name" | "db">,
	question: Statement<Row>,
	columns: Gauges<Row>,
): void {
	const gauges = Object.entries<Gauges<Row>[keyof Row & string]>(columns).map(
		([column, [metric, help]]) => [column as keyof Row, registry.gauge(metric, help, SERVICE)] as const,
	);
	registry.sampling(async () => {
		const [row] = await db.query(question).catch(() => []);
		for (const [column, gauge] of gauges) {
			if (row === undefined) gauge.remove(name);
			else gauge.of(name).set(row[column]);
		}
	});
}

import type { ServiceSchema } from "moleculer";
import { defineMixin } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import { leaseHolder, releaseLease } from "./events/lease.ts";
import { busOf } from "./events/local-bus.ts";
import type { OutboxMethods } from "./events/outbox.ts";
import { drainOutbox, RELAY_LEASE } from "./events/relay.ts";
import { GATHER_MS, Worker } from "./events/worker.ts";
import { watchOutbox } from "./metrics/watch.ts";
import { purge, purging } from "./sql/purge.ts";
import type { SqlMethods } from "./sql.mixin.ts";

const POLL_MS = 1_000;
const PURGE_EVERY_MS = 60_000;

/** Published facts stay three days, for whoever has to look. */
const PURGE = purging("outbox.purge", "outbox", "where published_at < now() - interval '3 days' order by published_at");

type This = StoaService & SqlMethods & OutboxMethods & { relay: Worker; purge: Worker };

/** Publishes the facts that `change` committed, through the broker's event bus. */
export function outbox(): Partial<ServiceSchema> {
	return defineMixin<This>({
		created() {
			const owner = this.broker.nodeID;
			const hold = leaseHolder(this.db, RELAY_LEASE, owner);
			const options = { db: this.db, bus: watchOutbox(this, busOf(this.broker)), owner, hold };
			const report = (work: string) => (error: unknown) => this.logger.warn(`${work} failed, will try again:`, error);
			this.relay = new Worker(() => drainOutbox(options), POLL_MS, report("Relay"), GATHER_MS);
			this.purge = new Worker(() => purge(this.db, PURGE), PURGE_EVERY_MS, report("Outbox purge"));
		},

		methods: {
			wakeRelay() {
				this.relay.wake();
			},
		},

		started() {
			this.relay.start();
			this.purge.start();
		},

		async stopped() {
			await Promise.all([this.relay.stop(), this.purge.stop()]);
			await releaseLease(this.db, RELAY_LEASE, this.broker.nodeID).catch(() => undefined);
		},
	});
}

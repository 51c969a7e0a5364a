import pLimit from "p-limit";
import type { ServiceSchema } from "moleculer";
import type { BodyOf, EventContract, Message } from "../services/contracts/event.ts";
import { defineMixin } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import { acceptDeliveries, dueDeliveries, markFailed, markProcessed, PURGE_INBOX } from "./events/inbox.ts";
import type { Queued } from "./events/inbox.ts";
import { busOf } from "./events/local-bus.ts";
import { Worker } from "./events/worker.ts";
import type { Queryable } from "./sql/database.ts";
import { purge } from "./sql/purge.ts";
import type { SqlMethods } from "./sql.mixin.ts";

const POLL_MS = 1_000;
const PURGE_EVERY_MS = 60_000;
const AT_ONCE = 4;

/** A fact with its body parsed. */
export interface Received<E extends EventContract> extends Message {
	readonly data: BodyOf<E>;
}

/** Reads one kind of fact. Its effect belongs into `tx`, where it commits together with the inbox row. */
export interface Consumer {
	/** `<service>.<what it does>`: with the message's id, the key of the inbox. */
	readonly name: string;
	readonly event: EventContract;
	handle(this: never, message: Message, tx: Queryable): Promise<void>;
}

/** Declares a consumer of one event; an effect must commute, since messages of an aggregate may overtake. */
export function consumer<T, E extends EventContract>(
	name: string,
	event: E,
	handle: (this: T, message: Received<E>, tx: Queryable) => Promise<void>,
): Consumer {
	return {
		name,
		event,
		handle(this: never, message: Message, tx: Queryable) {
			return handle.call(this, { ...message, data: event.schema.parse(message.data) as BodyOf<E> }, tx);
		},
	};
}

type This = StoaService & SqlMethods & { inboxWorker: Worker; inboxPurge: Worker };

/** The effect and the inbox row, in one transaction. */
async function handle(service: This, found: Consumer | undefined, queued: Queued): Promise<void> {
	if (found === undefined) throw new Error(`There is no consumer ${queued.consumer} any more`);

	await service.db.transaction(async (tx) => {
		if (await markProcessed(tx, queued)) await found.handle.call(service as never, queued.message, tx);
	});
}

async function attempt(service: This, found: Consumer | undefined, queued: Queued): Promise<void> {
	try {
		await handle(service, found, queued);
	} catch (error) {
		const { isDead } = await markFailed(service.db, queued, error);
		const outcome = isDead ? "is a dead letter now" : "will be tried again";
		service.logger.warn(`${queued.consumer} failed on ${queued.message.name}; it ${outcome}:`, error);
	}
}

/** @returns true when it did something: more may have come meanwhile */
async function work(service: This, byName: ReadonlyMap<string, Consumer>): Promise<boolean> {
	const limit = pLimit(AT_ONCE);
	const due = await dueDeliveries(service.db);
	await Promise.all(due.map((queued) => limit(() => attempt(service, byName.get(queued.consumer), queued))));
	return due.length > 0;
}

/**
 * Handles every message once: the inbox row, the effect and the facts it leads to commit in one
 * transaction. A failing message is tried again after 1 s, 10 s, 60 s and 10 min, then it is a dead letter.
 */
export function inbox(consumers: readonly Consumer[]): Partial<ServiceSchema> {
	const byName = new Map(consumers.map((each) => [each.name, each]));

	return defineMixin<This>({
		created() {
			const report = (error: unknown) => this.logger.warn("Inbox failed, will try again:", error);
			this.inboxWorker = new Worker(() => work(this, byName), POLL_MS, report);
			this.inboxPurge = new Worker(() => purge(this.db, PURGE_INBOX), PURGE_EVERY_MS, report);
			busOf(this.broker).subscribe({
				consumers: new Map(consumers.map(({ name, event }) => [name, [event.name]])),
				accept: async (deliveries) => {
					await acceptDeliveries(this.db, deliveries);
					this.inboxWorker.wake();
				},
			});
		},

		started() {
			this.inboxWorker.start();
			this.inboxPurge.start();
		},

		async stopped() {
			await Promise.all([this.inboxWorker.stop(), this.inboxPurge.stop()]);
		},
	});
}

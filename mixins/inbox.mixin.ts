import pLimit from "p-limit";
import { z } from "zod";
import type { ServiceSchema } from "moleculer";
import type { BodyOf, EventContract, Message } from "../services/contracts/event.ts";
import { DEAD_LETTER_ACTIONS } from "./dead-letters.ts";
import { defineMixin } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import type { Delivery, Subscriber, Subscription } from "./events/bus.ts";
import * as table from "./events/inbox.ts";
import type { Queued } from "./events/inbox.ts";
import { MalformedMessage } from "./events/fact.ts";
import { busOf } from "./events/local-bus.ts";
import { hasFacts } from "./events/outbox.ts";
import type { OutboxMethods } from "./events/outbox.ts";
import { Worker } from "./events/worker.ts";
import { watchInbox } from "./metrics/watch.ts";
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

function bodyOf<E extends EventContract>(event: E, { data }: Message): BodyOf<E> {
	const parsed = event.schema.safeParse(data);
	if (!parsed.success) throw new MalformedMessage(`is no ${event.name}: ${z.prettifyError(parsed.error)}`);
	return parsed.data as BodyOf<E>;
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
			return handle.call(this, { ...message, data: bodyOf(event, message) }, tx);
		},
	};
}

type This = StoaService &
	SqlMethods &
	Partial<OutboxMethods> & { inboxWorker: Worker; inboxPurge: Worker; subscription: Subscription };
type Consumers = ReadonlyMap<string, Consumer>;
/** How a message is noted as handled: false when it was before. */
type Mark = (tx: Queryable, delivery: Delivery) => Promise<boolean>;

/** The effect and the inbox row, in one transaction. */
async function handle(service: This, consumers: Consumers, delivery: Delivery, mark: Mark): Promise<void> {
	const found = consumers.get(delivery.consumer);
	if (found === undefined) throw new Error(`There is no consumer ${delivery.consumer} any more`);

	const isFollowed = await service.db.transaction(async (tx) => {
		if (await mark(tx, delivery)) await found.handle.call(service as never, delivery.message, tx);
		return hasFacts(tx);
	});
	if (isFollowed) service.wakeRelay?.();
}

async function attempt(service: This, consumers: Consumers, queued: Queued): Promise<void> {
	try {
		await handle(service, consumers, queued, table.markProcessed);
	} catch (error) {
		const { isDead } = await table.markFailed(service.db, queued, error);
		const outcome = isDead ? "is a dead letter now" : "will be tried again";
		service.logger.warn(`${queued.consumer} failed on ${queued.message.name}; it ${outcome}:`, error);
	}
}

/** @returns true when it did something: more may have come meanwhile */
async function work(service: This, consumers: Consumers): Promise<boolean> {
	const limit = pLimit(AT_ONCE);
	const due = await table.dueDeliveries(service.db);
	await Promise.all(due.map((queued) => limit(() => attempt(service, consumers, queued))));
	return due.length > 0;
}

function subscriber(service: This, consumers: Consumers): Subscriber {
	return {
		service: service.name,
		consumers: new Map([...consumers.values()].map(({ name, event }) => [name, [event.name]])),
		doors: new Map(
			[...consumers.values()].filter(({ event }) => event.isOpen).map(({ name, event }) => [name, event.name]),
		),
		handle: (delivery) => handle(service, consumers, delivery, table.markReceived),
		bury: (delivery, error) => table.bury(service.db, delivery, error),
		accept: async (deliveries) => {
			await table.acceptDeliveries(service.db, deliveries);
			service.inboxWorker.wake();
		},
	};
}

/**
 * Handles every message once: the inbox row, the effect and the facts it leads to commit in one
 * transaction. A failing message is tried again after 1 s, 10 s, 60 s and 10 min, then it is a dead letter.
 * With the local bus the inbox is the queue; with a broker it holds only the dead letters, and those replayed.
 * Adds the internal actions that list, replay and discard dead letters.
 */
export function inbox(consumers: readonly Consumer[]): Partial<ServiceSchema> {
	const byName = new Map(consumers.map((each) => [each.name, each]));

	return defineMixin<This>({
		// Also read from the schema, by whoever declares the queues of all services.
		metadata: {
			consumes: consumers.map(({ name, event: { name: read, isOpen } }) => ({ consumer: name, event: read, isOpen })),
		},
		actions: DEAD_LETTER_ACTIONS,

		created() {
			const report = (error: unknown) => this.logger.warn("Inbox failed, will try again:", error);
			this.inboxWorker = new Worker(() => work(this, byName), POLL_MS, report);
			this.inboxPurge = new Worker(() => purge(this.db, table.PURGE_INBOX), PURGE_EVERY_MS, report);
			this.subscription = busOf(this.broker).subscribe(subscriber(this, byName));
			watchInbox(this);
		},

		started() {
			this.inboxWorker.start();
			this.inboxPurge.start();
			this.subscription.start();
		},

		async stopped() {
			await this.subscription.stop();
			await Promise.all([this.inboxWorker.stop(), this.inboxPurge.stop()]);
		},
	});
}

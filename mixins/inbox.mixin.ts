import { z } from "zod";
import type { ServiceSchema } from "moleculer";
import type { BodyOf, EventContract, Message } from "../services/contracts/event.ts";
import { DEAD_LETTER_ACTIONS } from "./dead-letters.ts";
import { defineMixin } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import { Batches } from "./events/batches.ts";
import type { Delivery, Subscriber, Subscription } from "./events/bus.ts";
import * as table from "./events/inbox.ts";
import type { Mark, Queued } from "./events/inbox.ts";
import { MalformedMessage } from "./events/fact.ts";
import { busOf } from "./events/local-bus.ts";
import { GATHER_MS, Worker } from "./events/worker.ts";
import { watchInbox } from "./metrics/watch.ts";
import type { Transaction } from "./sql/database.ts";
import { purge } from "./sql/purge.ts";
import type { SqlMethods } from "./sql.mixin.ts";

const POLL_MS = 1_000;
const PURGE_EVERY_MS = 60_000;

/** A fact with its body parsed. */
export interface Received<E extends EventContract> extends Message {
	readonly data: BodyOf<E>;
}

/** Reads facts. Its effect belongs into `tx`, where it commits together with the inbox row. */
export interface Consumer {
	/** `<service>.<what it does>`: with the message's id, the key of the inbox. */
	readonly name: string;
	readonly events: readonly EventContract[];
	handle(this: never, messages: readonly Message[], tx: Transaction): Promise<void>;
}

type Effect<T, Given> = (this: T, given: Given, tx: Transaction) => Promise<void>;

function parsed<E extends EventContract>(consumer: string, event: E | undefined, message: Message): Received<E> {
	if (event === undefined) throw new MalformedMessage(`is ${message.name}, which ${consumer} does not read`);
	const body = event.schema.safeParse(message.data);
	if (!body.success) throw new MalformedMessage(`is no ${event.name}: ${z.prettifyError(body.error)}`);
	return { ...message, data: body.data as BodyOf<E> };
}

/** By aggregate, so that two batches that lock the rows of the same ones do so in one order. */
const inOrder = (messages: readonly Message[]): Message[] =>
	messages.toSorted((one, other) => one.aggregateId.localeCompare(other.aggregateId));

/** Declares a consumer of one event; an effect must commute, since messages of an aggregate may overtake. */
export function consumer<T, E extends EventContract>(name: string, event: E, effect: Effect<T, Received<E>>): Consumer {
	return batchConsumer<T, E>(name, [event], async function (messages, tx) {
		for (const message of messages) await effect.call(this, message, tx);
	});
}

/**
 * Declares a consumer that does with one statement what several messages ask for. Which messages come together is
 * chance; rows that more than one of them concerns it must lock in one order.
 */
export function batchConsumer<T, E extends EventContract>(
	name: string,
	events: readonly E[],
	effect: Effect<T, readonly Received<E>[]>,
): Consumer {
	const byName = new Map(events.map((event) => [event.name, event]));
	return {
		name,
		events,
		handle(this: never, messages, tx) {
			return effect.call(
				this,
				inOrder(messages).map((message) => parsed(name, byName.get(message.name), message)),
				tx,
			);
		},
	};
}

type This = StoaService & SqlMethods & { inboxWorker: Worker; inboxPurge: Worker; subscription: Subscription };
type Handle = (delivery: Delivery) => Promise<void>;

/** The effects and the inbox rows, in one transaction. */
async function handle(service: This, consumer: Consumer, messages: readonly Message[], mark: Mark): Promise<void> {
	await service.db.transaction(async (tx) => {
		const fresh = await mark(tx, consumer.name, messages);
		if (fresh.length > 0) await consumer.handle.call(service as never, fresh, tx);
	});
}

/**
 * Each consumer has its own batches: one that waits does not keep connections from the others. What was begun before
 * and not brought to an end is handled alone: should it be what ended the process, it takes no other message along.
 */
function handling(service: This, consumers: readonly Consumer[], mark: Mark): Handle {
	const lanes = new Map(
		consumers.map((each) => {
			const together = (messages: readonly Message[]) => handle(service, each, messages, mark);
			return [each.name, { together, batches: new Batches(together) }];
		}),
	);
	return async ({ consumer, message, cameBefore }) => {
		const lane = lanes.get(consumer);
		if (lane === undefined) throw new Error(`There is no consumer ${consumer} any more`);
		await (cameBefore ? lane.together([message]) : lane.batches.add(message));
	};
}

async function attempt(service: This, handled: Handle, queued: Queued): Promise<void> {
	try {
		await handled(queued);
	} catch (error) {
		const outcome = await table.markFailed(service.db, queued, error).then(
			({ isDead }) => (isDead ? "is a dead letter now" : "will be tried again"),
			() => "will be tried again, uncounted",
		);
		service.logger.warn(`${queued.consumer} failed on ${queued.message.name}; it ${outcome}:`, error);
	}
}

/** @returns true when it did something: more may have come meanwhile */
async function work(service: This, handled: Handle): Promise<boolean> {
	const due = await table.dueDeliveries(service.db);
	await Promise.all(due.map((queued) => attempt(service, handled, queued)));
	return due.length > 0;
}

function subscriber(service: This, consumers: readonly Consumer[]): Subscriber {
	return {
		service: service.name,
		consumers: new Map(consumers.map(({ name, events }) => [name, events.map((event) => event.name)])),
		doors: new Map(readingsOf(consumers).flatMap(({ consumer, event, isOpen }) => (isOpen ? [[consumer, event]] : []))),
		handle: handling(service, consumers, table.markReceived),
		bury: (delivery, error) => table.bury(service.db, delivery, error),
		accept: async (deliveries) => {
			await table.acceptDeliveries(service.db, deliveries);
			service.inboxWorker.wake();
		},
	};
}

/** Which events each consumer reads. */
const readingsOf = (consumers: readonly Consumer[]) =>
	consumers.flatMap(({ name, events }) =>
		events.map((event) => ({ consumer: name, event: event.name, isOpen: event.isOpen })),
	);

/**
 * Handles every message once: the inbox row, the effect and the facts it leads to commit in one
 * transaction, which messages that come together share. A failing message is tried again after 1 s, 10 s, 60 s and
 * 10 min, then it is a dead letter.
 * With the local bus the inbox is the queue; with a broker it holds only the dead letters, and those replayed.
 * Adds the internal actions that list, replay and discard dead letters.
 */
export function inbox(consumers: readonly Consumer[]): Partial<ServiceSchema> {
	return defineMixin<This>({
		// Also read from the schema, by whoever declares the queues of all services.
		metadata: { consumes: readingsOf(consumers) },
		actions: DEAD_LETTER_ACTIONS,

		created() {
			const report = (error: unknown) => this.logger.warn("Inbox failed, will try again:", error);
			const handled = handling(this, consumers, table.markProcessed);
			this.inboxWorker = new Worker(() => work(this, handled), POLL_MS, report, GATHER_MS);
			this.inboxPurge = new Worker(() => purge(this.db, table.PURGE_INBOX), PURGE_EVERY_MS, report);
			this.subscription = busOf(this.broker).subscribe(subscriber(this, consumers));
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

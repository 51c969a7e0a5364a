import type { ServiceBroker } from "moleculer";
import { startBroker } from "../../test/support/broker.ts";
import { freshDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import type { Message } from "../../services/contracts/event.ts";
import { defineService } from "../define-service.ts";
import { consumer, inbox } from "../inbox.mixin.ts";
import { openDatabase, statement } from "../sql/database.ts";
import type { Database, Queryable } from "../sql/database.ts";
import { sql } from "../sql.mixin.ts";
import type { EventBus } from "./bus.ts";
import { replay } from "./dead-letters.ts";
import { INBOX_TABLES } from "./inbox.ts";
import { bellMessage, Broke, Ordered, Rang, stopTold } from "./ringing.fixture.ts";

/** How a conformance run reaches the bus it is about. */
export interface Transport {
	/** A bus for one more node. */
	connect(): EventBus;
	/** Sends a text that no outbox has written, on the way of an event. */
	sendRaw?(event: string, text: string): Promise<void>;
	/** Puts a text where outsiders put it, who know nothing but the event's name. */
	sendFromOutside?(event: string, text: string, id?: string): Promise<void>;
	/** Removes what the run left in the broker. */
	close(): Promise<void>;
}

/** The events of these specs that consumers read, by consumer, and all there are. */
export const READER = {
	service: "bells",
	consumers: new Map([
		["bells.note", ["bell.rang"]],
		["bells.count", ["bell.rang"]],
		["bells.mend", ["bell.broke"]],
		["bells.cast", ["bell.ordered"]],
	]),
	doors: new Map([["bells.cast", "bell.ordered"]]),
};
export const PUBLISHED = ["bell.rang", "bell.broke", "bell.melted", "bell.ordered"];

const NOTE = statement("spec.handled", "insert into handled (consumer, message_id, node) values ($1, $2, $3)");
const HANDLED = statement<{ consumer: string; node: string }>(
	"spec.handlers",
	"select consumer, node from handled where message_id = any($1::uuid[]) order by consumer, node",
);
const LETTERS = statement<DeadLetter>(
	"spec.letters",
	`select consumer, message, message_id as "messageId", last_error as error from inbox where dead_at is not null`,
);
const HURRY = statement(
	"spec.hurry",
	"update inbox set next_attempt_at = now() where message_id = $1 and processed_at is null",
);

export interface DeadLetter {
	readonly consumer: string;
	readonly messageId: string;
	readonly message: Message;
	readonly error: string;
}

/** Which consumer fails on which message. */
const keyOf = (consumer: string, { id }: Message): string => `${consumer} ${id}`;

/** A service of three consumers that write down what they handle, on as many nodes as wanted. */
export class Belfry {
	/** What `bells.note` or `bells.mend` was given last, by the message's id. */
	readonly seen = new Map<string, Message>();
	/** Handlings that began since the last start. */
	begun = 0;
	readonly #transport: Transport;
	readonly #database: TestDatabase;
	readonly #db: Database;
	readonly #publisher: EventBus;
	readonly #faults = new Map<string, number>();
	readonly #tries = new Map<string, number>();
	#brokers: ServiceBroker[] = [];
	#gate: Promise<undefined> | undefined;
	#isStopping = false;

	constructor(transport: Transport, database: TestDatabase) {
		this.#transport = transport;
		this.#database = database;
		this.#db = openDatabase({ url: database.url, applicationName: "spec", poolSize: 2 });
		this.#publisher = transport.connect();
	}

	static async build(transport: Transport): Promise<Belfry> {
		const belfry = new Belfry(transport, await freshDatabase());
		const tables = `${INBOX_TABLES}; create table handled (consumer text, message_id uuid, node text)`;
		for (const text of tables.split(";").filter((each) => each.trim())) await belfry.#db.query(statement("", text));
		return belfry;
	}

	/** Starts a node. @returns its bus */
	async start(nodeID = "a"): Promise<EventBus> {
		[this.begun, this.#isStopping] = [0, false];
		const mixins = [sql({ url: () => this.#database.url }), inbox(this.#consumers(nodeID))];
		const bus = stopTold(this.#transport.connect(), () => (this.#isStopping = true));
		const broker = await startBroker([defineService({ name: "bells", mixins })], { nodeID, bus });
		this.#brokers.push(broker);
		return bus;
	}

	/** Stops every node. */
	async stop(): Promise<void> {
		await Promise.all(this.#brokers.splice(0).map((broker) => broker.stop()));
	}

	async close(): Promise<void> {
		await this.#publisher.close();
		await this.#transport.close();
		await this.#db.close();
		await this.#database.drop();
	}

	/** Whether a subscription was told to stop. */
	isStopping(): boolean {
		return this.#isStopping;
	}

	rang = (): Message => bellMessage(Rang.name);
	broke = (): Message => bellMessage(Broke.name);
	/** Nobody reads this. */
	melted = (): Message => bellMessage("bell.melted");

	/** Publishes again, as an outbox does, until all are safe. @returns their ids */
	async publish(...messages: Message[]): Promise<string[]> {
		const safe = new Set<string>();
		const publish = async () => {
			const published = await this.#publisher.publish(messages.filter(({ id }) => !safe.has(id)));
			published.forEach((id) => safe.add(id));
			return messages.every(({ id }) => safe.has(id));
		};
		await until(publish, { what: "the publication", timeoutMs: 30_000, everyMs: 50 });
		return [...safe];
	}

	async sendRaw(event: string, text: string): Promise<void> {
		await this.#transport.sendRaw?.(event, text);
	}

	async sendFromOutside(text: string, id?: string): Promise<void> {
		await this.#transport.sendFromOutside?.(Ordered.name, text, id);
	}

	/** Waits until so many orders of outsiders were handled. */
	async ordered(count: number): Promise<Message[]> {
		const orders = () => [...this.seen.values()].filter(({ name }) => name === Ordered.name);
		await until(() => orders().length >= count, { what: "the orders of outsiders", timeoutMs: 20_000 });
		return orders();
	}

	/** Lets a consumer fail on a message, always or so many times. */
	fail(consumer: string, about: Message, times = Infinity): void {
		this.#faults.set(keyOf(consumer, about), times);
	}

	repair(consumer: string, about: Message): void {
		this.#faults.delete(keyOf(consumer, about));
	}

	tries(consumer: string, about: Message): number {
		return this.#tries.get(keyOf(consumer, about)) ?? 0;
	}

	/** Lets handlings begin but not end. @returns what lets them end */
	hold(): () => void {
		const { promise, resolve } = Promise.withResolvers<undefined>();
		this.#gate = promise;
		return () => resolve(undefined);
	}

	isHeld(): boolean {
		return this.#gate !== undefined && this.begun > 0;
	}

	/** Waits until every reader of these messages has handled them. */
	async handled(...messages: Message[]): Promise<void> {
		const wanted = messages.reduce((sum, { name }) => sum + (name === Rang.name ? 2 : 1), 0);
		await until(async () => (await this.timesHandled(messages)) >= wanted, {
			what: "the handling",
			timeoutMs: 60_000,
			everyMs: 20,
		});
	}

	/** The consumers that handled a message, once for each time. */
	async handlers(about: Message): Promise<string[]> {
		return (await this.#handlings([about])).map(({ consumer }) => consumer);
	}

	async timesHandled(messages: readonly Message[]): Promise<number> {
		return (await this.#handlings(messages)).length;
	}

	async nodesOf(messages: readonly Message[]): Promise<string[]> {
		return [...new Set((await this.#handlings(messages)).map(({ node }) => node))].sort();
	}

	/** As if the waits before so many tries were over. */
	async hurry(about: Message, tries: number): Promise<void> {
		for (let failed = 1; failed <= tries; failed++) {
			await until(() => this.tries("bells.note", about) >= failed);
			await until(async () => {
				await this.#db.query(HURRY, [about.id]);
				return this.tries("bells.note", about) > failed;
			});
		}
	}

	deadLetter({ id }: Message): Promise<DeadLetter> {
		return this.#letter(({ messageId }) => messageId === id);
	}

	deadLetterOf(event: string): Promise<DeadLetter> {
		return this.#letter(({ message: { name } }) => name === event);
	}

	async replay(letter: DeadLetter): Promise<void> {
		await replay(this.#db, letter);
	}

	#letter(isIt: (letter: DeadLetter) => boolean): Promise<DeadLetter> {
		const find = async () => (await this.#db.query(LETTERS)).find(isIt);
		return until(find, { what: "the dead letter", timeoutMs: 20_000 });
	}

	#handlings(messages: readonly Message[]): Promise<{ consumer: string; node: string }[]> {
		return this.#db.query(HANDLED, [messages.map(({ id }) => id)]);
	}

	#consumers(node: string) {
		const handle = (name: string) => (received: Message, tx: Queryable) => this.#handle(name, received, tx, node);
		return [
			consumer("bells.note", Rang, handle("bells.note")),
			consumer("bells.count", Rang, handle("bells.count")),
			consumer("bells.mend", Broke, handle("bells.mend")),
			consumer("bells.cast", Ordered, handle("bells.cast")),
		];
	}

	/** Writes first and fails then, so that a failure has something to undo. */
	async #handle(name: string, received: Message, tx: Queryable, node: string): Promise<void> {
		const key = keyOf(name, received);
		this.begun += 1;
		this.#tries.set(key, (this.#tries.get(key) ?? 0) + 1);
		this.seen.set(received.id, received);
		await tx.query(NOTE, [name, received.id, node]);
		await this.#gate;
		const left = this.#faults.get(key) ?? 0;
		this.#faults.set(key, left - 1);
		if (left > 0) throw new Error(`${name} cannot read ${received.id}`);
	}
}

import type { ServiceBroker } from "moleculer";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { startBroker } from "../test/support/broker.ts";
import { until } from "../test/support/wait.ts";
import { defineEvent } from "../services/contracts/event.ts";
import type { Message } from "../services/contracts/event.ts";
import { aggregate } from "./aggregate.mixin.ts";
import { counterRepository, countersDatabase, newCounter, raise } from "./counters.fixture.ts";
import type { Counters, CountersDatabase } from "./counters.fixture.ts";
import { defineService } from "./define-service.ts";
import { LocalBus } from "./events/local-bus.ts";
import type { Worker } from "./events/worker.ts";
import { consumer, inbox } from "./inbox.mixin.ts";
import { outbox } from "./outbox.mixin.ts";
import { statement } from "./sql/database.ts";
import { sql } from "./sql.mixin.ts";

const Rang = defineEvent("bell.rang", 1, {
	summary: "A bell rang.",
	aggregate: ["bell", "bellId"],
	body: { bellId: z.uuid(), times: z.int() },
});

const NOTE = statement("spec.note", "insert into tickets (id, note) values ($1, $2)");

/** The messages that `bells.note` cannot handle, though it has written its note by then. */
const faulty = new Set<string>();

const consumers = [
	consumer<Counters, typeof Rang>("bells.note", Rang, async ({ id, data }, tx) => {
		await tx.query(NOTE, [`${id} noted`, String(data.times + 1)]);
		if (faulty.has(id)) throw new Error(`cannot read ${id}`);
	}),
	consumer<Counters, typeof Rang>("bells.count", Rang, async function ({ id, correlationId, data }, tx) {
		await this.changeIn(tx, { id, requestID: correlationId }, data.bellId, raise());
	}),
];

export interface InboxRow {
	readonly consumer: string;
	readonly attempts: number;
	readonly lastError: string | null;
	readonly hasMessage: boolean;
	readonly isProcessed: boolean;
	readonly isDead: boolean;
	/** Until the next try. */
	readonly waitMs: number;
}

type Bells = Counters & { readonly inboxWorker: Worker };

/** A service that notes each ringing in a ticket, and counts it in the counter that has the bell's id. */
export class BellTower {
	readonly database: CountersDatabase;
	bus = new LocalBus();
	readonly #brokers: ServiceBroker[] = [];

	constructor(database: CountersDatabase) {
		this.database = database;
	}

	static async build(): Promise<BellTower> {
		return new BellTower(await countersDatabase());
	}

	async start(nodeID = "a"): Promise<Bells> {
		const mixins = [sql({ url: () => this.database.url }), outbox(), aggregate(counterRepository), inbox(consumers)];
		const broker = await startBroker([defineService({ name: "bells", mixins })], { nodeID, bus: this.bus });
		this.#brokers.push(broker);
		return broker.getLocalService("bells") as unknown as Bells;
	}

	/** Stops the nodes; the next ones get a bus without their subscriptions. */
	async stop(): Promise<void> {
		await Promise.all(this.#brokers.splice(0).map((broker) => broker.stop()));
		this.bus = new LocalBus();
	}

	/** A message about a bell with a counter. */
	async rang(): Promise<Message> {
		const { state } = newCounter(randomUUID());
		const decision = { state, events: [] };
		await counterRepository.save(this.database.db, { before: undefined, decision, outbox: "[]", rider: undefined });
		const { name, version, data } = Rang.of({ bellId: state.id, times: 3, timestamp: "2026-01-02T03:04:05.000Z" });
		const about = { aggregateType: "bell", aggregateId: state.id, sequence: 1 };
		return { id: randomUUID(), name, version, ...about, correlationId: "request-1", causationId: null, data };
	}

	async rangUnreadably(): Promise<Message> {
		const message = await this.rang();
		faulty.add(message.id);
		return message;
	}

	repair({ id }: Message): void {
		faulty.delete(id);
	}

	/** As if the wait before the next try were over. */
	async makeDue({ id }: Message): Promise<void> {
		await this.database.rows("update inbox set next_attempt_at = now() where message_id = $1", [id]);
	}

	rows({ id }: Message): Promise<InboxRow[]> {
		return this.database.rows<InboxRow>(
			`select consumer, attempts, last_error as "lastError", message is not null as "hasMessage",
				processed_at is not null as "isProcessed", dead_at is not null as "isDead",
				extract(epoch from next_attempt_at - now())::float * 1000 as "waitMs"
			from inbox where message_id = $1 order by consumer`,
			[id],
		);
	}

	/** The row of `bells.note`, once it has failed so many times. */
	failedNote(message: Message, attempts = 1): Promise<InboxRow> {
		const failed = (row: InboxRow) => row.consumer === "bells.note" && row.attempts === attempts;
		return until(async () => (await this.rows(message)).find(failed), { what: `${attempts} failures` });
	}

	async handled(message: Message): Promise<void> {
		await until(async () => (await this.rows(message)).every(({ isProcessed }) => isProcessed), {
			what: "the handling",
		});
	}

	async notes({ id }: Message): Promise<string[]> {
		const text = "select note from tickets where id = $1";
		return (await this.database.rows<{ note: string }>(text, [`${id} noted`])).map(({ note }) => note);
	}

	async count({ aggregateId }: Message): Promise<number> {
		const text = "select value from counters where id = $1";
		return (await this.database.rows<{ value: number }>(text, [aggregateId]))[0]?.value ?? -1;
	}
}

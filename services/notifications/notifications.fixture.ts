import { randomUUID } from "node:crypto";
import { jest } from "@jest/globals";
import type { ServiceBroker, ServiceSchema } from "moleculer";
import type { EventContract, Message } from "../contracts/event.ts";
import { OrderCancelled, OrderCreated } from "../contracts/orders.ts";
import { GetContact, UserCreated, UserNotFound } from "../contracts/users.ts";
import { internal } from "../../mixins/define-service.ts";
import { LocalBus } from "../../mixins/events/local-bus.ts";
import { statement } from "../../mixins/sql/database.ts";
import type { Database } from "../../mixins/sql/database.ts";
import { startBroker } from "../../test/support/broker.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import type { Notifications } from "./notifications.context.ts";
import notifications from "./notifications.service.ts";

export interface LogRow {
	readonly id: string;
	readonly status: string;
	readonly attempts: number;
	readonly last_error: string | null;
}

/** The running service beside a directory of users. */
export interface RunningNotifications {
	readonly broker: ServiceBroker;
	readonly service: Notifications;
	readonly statements: string[];
	/** The mail address of each user; who is not in it does not exist. */
	readonly addresses: Map<string, string>;
	deliver(...messages: Message[]): Promise<void>;
	/** Waits until the inbox is empty. */
	handled(): Promise<unknown>;
	log(userId: string): Promise<LogRow[]>;
	/** Waits until a user's only notification has a status and as many attempts. */
	settled(userId: string, status: string, attempts?: number): Promise<LogRow>;
	/** Waits until an attempt was put off. */
	deferred(userId: string, attempts: number): Promise<LogRow>;
	/** Makes a user's queued notifications due, as if their wait were over. */
	hasten(userId: string): Promise<void>;
	facts(userId: string): Promise<{ name: string; sequence: number; body: object }[]>;
	stop(): Promise<void>;
}

const LOG = statement<LogRow>("spec.log", "select * from notification_logs where user_id = $1 order by id");
const HASTEN = statement("spec.hasten", "update notification_logs set next_attempt_at = now() where user_id = $1");
const UNHANDLED = statement("spec.unhandled", "select 1 from inbox where processed_at is null");
const FACTS = statement<{ name: string; sequence: number; body: object }>(
	"spec.facts",
	"select name, sequence, body from outbox where body ->> 'userId' = $1 order by id",
);

export async function startNotifications(env: NodeJS.ProcessEnv): Promise<RunningNotifications> {
	const database = await freshDatabase("notifications");
	const environment = jest.replaceProperty(process, "env", { ...env, NOTIFICATION_DATABASE_URL: database.url });
	const bus = new LocalBus();
	const addresses = new Map<string, string>();
	const broker = await startBroker([directory(addresses), notifications], { bus });
	const service = broker.getLocalService("notifications") as Notifications;
	const log = (userId: string) => service.db.query(LOG, [userId]);
	const waitFor = (userId: string, what: string, holds: (row: LogRow) => boolean) =>
		until(async () => (await log(userId)).find(holds), { what: `a notification that ${what}` });
	return {
		broker,
		service,
		statements: countStatements(service),
		addresses,
		async deliver(...messages) {
			await bus.publish(messages);
		},
		handled: () => until(async () => (await service.db.query(UNHANDLED)).length === 0, { what: "an empty inbox" }),
		log,
		settled: (userId, status, attempts) =>
			waitFor(userId, `is ${status}`, (row) => row.status === status && (attempts ?? row.attempts) === row.attempts),
		deferred: (userId, attempts) =>
			waitFor(userId, "waits for its next try", (row) => row.last_error !== null && row.attempts === attempts),
		async hasten(userId) {
			await service.db.query(HASTEN, [userId]);
			service.wakeSender();
		},
		facts: (userId) => service.db.query(FACTS, [userId]),
		async stop() {
			await broker.stop();
			environment.restore();
			await database.drop();
		},
	};
}

function directory(addresses: ReadonlyMap<string, string>): ServiceSchema {
	return {
		name: "users",
		actions: {
			contact: internal(GetContact, async ({ params: { id } }) => {
				const email = addresses.get(id);
				if (email === undefined) throw new UserNotFound();
				return { email, firstName: "Ada", locale: "en" };
			}),
		},
	};
}

function countStatements(service: Notifications): string[] {
	const names: string[] = [];
	const real = service.db;
	const note = ({ name }: { name: string }) => void names.push(name);
	const counting: Database = {
		...real,
		query: (wanted, values) => (note(wanted), real.query(wanted, values)),
		transaction: (work) =>
			real.transaction((tx) => work({ query: (wanted, values) => (note(wanted), tx.query(wanted, values)) })),
	};
	Object.assign(service, { db: counting });
	return names;
}

const timestamp = "2026-03-01T10:00:00.000Z";

function messageOf(contract: EventContract, data: Record<string, unknown>, aggregateId: string): Message {
	const { name, version, schema } = contract;
	const identity = { id: randomUUID(), correlationId: "request-1", causationId: "command-1", sequence: 1 };
	return { ...identity, name, version, aggregateType: "any", aggregateId, data: schema.parse({ ...data, timestamp }) };
}

export const userCreated = (userId: string): Message =>
	messageOf(UserCreated, { userId, email: "ada@example.com", role: "customer" }, userId);

const orderFact = (userId: string, orderId: string) => ({
	...{ orderId, userId, totalAmount: 10.5, currency: "EUR" },
	items: [{ productId: randomUUID(), quantity: 3, unitPrice: 3.5 }],
});

export const orderCreated = (userId: string, orderId: string = randomUUID()): Message =>
	messageOf(OrderCreated, { ...orderFact(userId, orderId), status: "confirmed", previousStatus: "pending" }, orderId);

export const orderCancelled = (userId: string, orderId: string = randomUUID()): Message =>
	messageOf(
		OrderCancelled,
		{ ...orderFact(userId, orderId), status: "cancelled", previousStatus: "confirmed", reason: "too late" },
		orderId,
	);

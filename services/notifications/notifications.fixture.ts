import { randomUUID } from "node:crypto";
import { jest } from "@jest/globals";
import type { ServiceBroker, ServiceSchema } from "moleculer";
import type { Message } from "../contracts/event.ts";
import { call } from "../contracts/action.ts";
import type { ActionContract, ResultOf, SentTo } from "../contracts/action.ts";
import { LinkEnded, MailLink } from "../contracts/credentials.ts";
import type { Meta, Role } from "../contracts/meta.ts";
import { GetProductLabel, ProductNotFound } from "../contracts/products.ts";
import { GetContact, UserNotFound } from "../contracts/users.ts";
import { internal } from "../../mixins/define-service.ts";
import { LocalBus } from "../../mixins/events/local-bus.ts";
import { statement } from "../../mixins/sql/database.ts";
import type { Database } from "../../mixins/sql/database.ts";
import { startBroker } from "../../test/support/broker.ts";
import { freshDatabase, serverUrl } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import type { Notifications } from "./notifications.context.ts";
import notifications from "./notifications.service.ts";

export interface LogRow {
	readonly id: string;
	readonly status: string;
	readonly notification_type: string;
	readonly channel: string;
	readonly attempts: number;
	readonly postponed: number;
	readonly last_error: string | null;
	readonly reason: string | null;
	readonly recipient: string | null;
	readonly provider: string | null;
	readonly provider_reference: string | null;
	readonly variables: object;
	readonly next_attempt_at: Date;
	readonly sent_at: Date | null;
}

/** What users tell of somebody. */
export type Profile = ResultOf<typeof GetContact>;

/** The running service beside a directory of users. */
export interface RunningNotifications {
	readonly broker: ServiceBroker;
	readonly service: Notifications;
	readonly statements: string[];
	/** Who is not in it does not exist. */
	readonly profiles: Map<string, Profile>;
	/** Links that work, by their token's id. */
	readonly links: Map<string, string>;
	/** Names of products. */
	readonly products: Map<string, string>;
	/** Opens an account with an address of its own. */
	newUser(profile?: Partial<Profile>): string;
	ask<C extends ActionContract>(contract: C, params: SentTo<C>, meta?: Meta): Promise<ResultOf<C>>;
	deliver(...messages: Message[]): Promise<void>;
	/** Waits until the inbox is empty. */
	handled(): Promise<unknown>;
	log(userId: string): Promise<LogRow[]>;
	/** What a message has led to. */
	logOf(causationId: string): Promise<LogRow[]>;
	/** Waits until a user's only notification has a status and as many attempts. */
	settled(userId: string, status: string, attempts?: number): Promise<LogRow>;
	/** Waits until one notification has a status. */
	settledById(id: string, status: string): Promise<LogRow>;
	/** Waits until an attempt was put off. */
	deferred(userId: string, attempts: number): Promise<LogRow>;
	/** Makes a user's queued notifications due, as if their wait were over. */
	hasten(userId: string): Promise<void>;
	facts(userId: string): Promise<{ name: string; sequence: number; body: object }[]>;
	stop(): Promise<void>;
}

const LOG = statement<LogRow>("spec.log", "select * from notification_logs where user_id = $1 order by id");
const LOG_BY_ID = statement<LogRow>("spec.logById", "select * from notification_logs where id = $1");
const LOG_OF = statement<LogRow>("spec.logOf", "select * from notification_logs where causation_id = $1 order by id");
const HASTEN = statement("spec.hasten", "update notification_logs set next_attempt_at = now() where user_id = $1");
const UNHANDLED = statement("spec.unhandled", "select 1 from inbox where processed_at is null");
const FACTS = statement<{ name: string; sequence: number; body: object }>(
	"spec.facts",
	"select name, sequence, body from outbox where body ->> 'userId' = $1 order by id",
);

export async function startNotifications(env: NodeJS.ProcessEnv): Promise<RunningNotifications> {
	const database = await freshDatabase("notifications");
	const own = { STOA_TEST_DATABASE_URL: serverUrl(), NOTIFICATION_DATABASE_URL: database.url };
	const environment = jest.replaceProperty(process, "env", { ...env, ...own });
	const bus = new LocalBus();
	const known = {
		profiles: new Map<string, Profile>(),
		links: new Map<string, string>(),
		products: new Map<string, string>(),
	};
	const broker = await startBroker([users(known), products(known), notifications], { bus });
	const service = broker.getLocalService("notifications") as Notifications;
	return {
		broker,
		service,
		statements: countStatements(service),
		...known,
		...logOf(service),
		newUser: (profile) => opened(known.profiles, profile),
		ask: (contract, params, meta = {}) => call(broker, contract, params, { meta }),
		async deliver(...messages) {
			await bus.publish(messages);
		},
		handled: () => until(async () => (await service.db.query(UNHANDLED)).length === 0, { what: "an empty inbox" }),
		facts: (userId) => service.db.query(FACTS, [userId]),
		async stop() {
			await broker.stop();
			environment.restore();
			await database.drop();
		},
	};
}

type Log = Pick<RunningNotifications, "log" | "logOf" | "settled" | "settledById" | "deferred" | "hasten">;

/** Reads the log, and waits for what it will say. */
function logOf(service: Notifications): Log {
	const log = (userId: string) => service.db.query(LOG, [userId]);
	const waitFor = (userId: string, what: string, holds: (row: LogRow) => boolean) =>
		until(async () => (await log(userId)).find(holds), { what: `a notification that ${what}` });
	return {
		log,
		logOf: (causationId) => service.db.query(LOG_OF, [causationId]),
		settled: (userId, status, attempts) =>
			waitFor(userId, `is ${status}`, (row) => row.status === status && (attempts ?? row.attempts) === row.attempts),
		settledById: (id, status) =>
			until(async () => (await service.db.query(LOG_BY_ID, [id])).find((row) => row.status === status), {
				what: `notification ${id} to be ${status}`,
			}),
		deferred: (userId, attempts) =>
			waitFor(userId, "waits for its next try", (row) => row.last_error !== null && row.attempts === attempts),
		async hasten(userId) {
			await service.db.query(HASTEN, [userId]);
			service.wakeLanes();
		},
	};
}

interface Known {
	readonly profiles: Map<string, Profile>;
	readonly links: ReadonlyMap<string, string>;
	readonly products: ReadonlyMap<string, string>;
}

function opened(profiles: Map<string, Profile>, profile: Partial<Profile> = {}): string {
	const userId = randomUUID();
	const usual = { phone: null, firstName: "Ada", locale: "en", timezone: "UTC", isActive: true };
	profiles.set(userId, { ...usual, email: `${userId}@example.com`, ...profile });
	return userId;
}

function users({ profiles, links }: Known): ServiceSchema {
	return {
		name: "users",
		actions: {
			contact: internal(GetContact, async ({ params: { id } }) => {
				const profile = profiles.get(id);
				if (profile === undefined) throw new UserNotFound();
				return profile;
			}),
			mailLink: internal(MailLink, async ({ params: { purpose, tokenId } }) => {
				const url = links.get(tokenId);
				if (url === undefined) throw new LinkEnded();
				return { url: `${url}/${purpose}`, expiresAt: "2026-03-01T12:00:00.000Z" };
			}),
		},
	};
}

/** As much of a product as a notice tells. */
function products({ products: names }: Known): ServiceSchema {
	return {
		name: "products",
		actions: {
			label: internal(GetProductLabel, async ({ params: { id } }) => {
				const name = names.get(id);
				if (name === undefined) throw new ProductNotFound();
				return { name, sku: "SKU-1" };
			}),
		},
	};
}

/** Who asks over REST. */
export const as = (role: Role, userId: string = randomUUID()): Meta => ({
	principal: { userId, role, sessionId: randomUUID() },
});

function countStatements(service: Notifications): string[] {
	const names: string[] = [];
	const real = service.db;
	const note = ({ name }: { name: string }) => void names.push(name);
	const counting: Database = {
		...real,
		query: (wanted, values) => (note(wanted), real.query(wanted, values)),
		transaction: (work) =>
			real.transaction((tx) => work({ ...tx, query: (wanted, values) => (note(wanted), tx.query(wanted, values)) })),
	};
	Object.assign(service, { db: counting });
	return names;
}

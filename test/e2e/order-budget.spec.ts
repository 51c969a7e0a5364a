import { AsyncLocalStorage } from "node:async_hooks";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceBroker } from "moleculer";
import pg from "pg";
import { call } from "../../services/contracts/action.ts";
import type { Role } from "../../services/contracts/meta.ts";
import { PlaceOrder } from "../../services/contracts/orders.ts";
import { CreateProduct } from "../../services/contracts/products.ts";
import notifications from "../../services/notifications/notifications.service.ts";
import orders from "../../services/orders/orders.service.ts";
import payments from "../../services/payments/payments.service.ts";
import products from "../../services/products/products.service.ts";
import users from "../../services/users/users.service.ts";
import webhooks from "../../services/webhooks/webhooks.service.ts";
import { startBroker } from "../support/broker.ts";
import { freshDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { until } from "../support/wait.ts";

const PATIENCE = { timeoutMs: 30_000, what: "all facts to be handled" };
const SERVICES = ["user", "product", "order", "payment", "notification", "webhook"];
/** What nodes do beside a request, although it woke them: relays, inboxes and what these lead to. */
const BACKGROUND =
	/^(outbox|inbox|leases|sagas[.](claim|renew)|operations[.]purge|notifications|webhooks|imports|analytics|baskets)[.]?/;

/** The request that a statement is sent for: what is looked for from time to time is for none. */
const request = new AsyncLocalStorage<string>();

interface Sent {
	readonly for: string | undefined;
	readonly client: pg.Client;
	readonly name: string;
	readonly text: string;
}

/** Every statement that this process sends to PostgreSQL, in order. */
function recordStatements(): Sent[] {
	const sent: Sent[] = [];
	const query = pg.Client.prototype.query as (...parameters: unknown[]) => unknown;
	jest.spyOn(pg.Client.prototype, "query").mockImplementation(function (this: pg.Client, ...parameters: unknown[]) {
		const [config] = parameters as [string | Partial<Sent>];
		const text = typeof config === "string" ? config : (config.text ?? "");
		sent.push({
			for: request.getStore(),
			client: this,
			text,
			name: typeof config === "string" ? text : (config.name ?? text),
		});
		return query.apply(this, parameters) as never;
	});
	return sent;
}

const isControl = ({ text }: Sent) => /^(begin|commit|rollback)$/.test(text);
/** Asked from time to time, whether there are orders or not. */
const POLLS =
	/^(outbox[.]pending|inbox[.]due|(notifications|webhooks|imports|refunds|providerEvents)[.]take|sagas[.]claim|reservations[.]releaseExpired|analytics[.]addViews|leases[.]|.*[.]purge)/;
const counted = (sent: Sent[]) =>
	sent.filter((each) => !isControl(each) && !POLLS.test(each.name) && !/select 1 from (outbox|inbox)/.test(each.text));
const isWrite = ({ text }: Sent) => /\b(insert into|update|delete from)\b/.test(text);
const isBackground = ({ name }: Sent) => BACKGROUND.test(name);

/** The first statement of each transaction. */
const transactions = (sent: Sent[]) =>
	sent.flatMap(({ text, client }, index) =>
		text === "begin" ? (sent.slice(index + 1).find((next) => next.client === client) ?? []) : [],
	);

describe("one order, confirmed and captured", () => {
	let broker: ServiceBroker;
	let home: string;
	let databases: TestDatabase[];
	let everything: Sent[];
	let untilAnswered: Sent[];
	let ofTen: Sent[];

	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), "stoa-budget-"));
		databases = await Promise.all(SERVICES.map((service) => freshDatabase(`${service}s`)));
		const urls = databases.map(({ url }, index) => [`${SERVICES[index]?.toUpperCase()}_DATABASE_URL`, url]);
		const secrets = { JWT_SECRET: "a secret of the test, of more than 32 bytes", STOA_HOME: home };
		const encryption = { WEBHOOK_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64url") };
		Object.assign(process.env, Object.fromEntries(urls), secrets, encryption);
		broker = await startBroker([users, products, payments, orders, notifications, webhooks]);

		const as = (role: Role) => ({ principal: { userId: randomUUID(), role, sessionId: randomUUID() } });
		const product = { name: "Lamp", sku: "LAMP", price: 12.5, stockQuantity: 100 };
		const { id } = await call(broker, CreateProduct, product, { meta: as("admin") });
		const order = {
			items: [{ productId: id, quantity: 1 }],
			shippingAddress: "1 Main Street",
			paymentMethod: "pm_card_visa",
		};
		const operation = { key: "k", fingerprint: "f", deadlineMs: Date.now() + 30_000 };
		const customer = as("customer");
		const place = () =>
			call(broker, PlaceOrder, order, { meta: { ...customer, operation: { ...operation, key: randomUUID() } } });
		await place();
		await idle();

		const sent = recordStatements();
		const placed = await request.run("placing", place);
		untilAnswered = [...sent];
		expect(placed).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
		await until(() => sent.some(({ name }) => name === "inbox.process"), { what: "the mail to be queued" });
		await idle();
		everything = [...sent];
		sent.length = 0;
		await Promise.all(Array.from({ length: 10 }, place));
		await idle();
		ofTen = [...sent];
		jest.restoreAllMocks();
	});

	afterAll(async () => {
		await broker.stop();
		await Promise.all(databases.map((database) => database.drop()));
		await rm(home, { recursive: true, force: true });
	});

	/** Every fact of orders and payments is published and no mail waits. */
	async function idle(): Promise<void> {
		const isEmpty = async (index: number, sql: string) => {
			const client = new pg.Client({ connectionString: databases[index]?.url });
			await client.connect();
			const { rowCount } = await client.query(sql).finally(() => client.end());
			return rowCount === 0;
		};
		await until(async () => {
			const unpublished = "select 1 from outbox where published_at is null";
			const unhandled = "select 1 from inbox where processed_at is null";
			const quiet = await Promise.all([
				...[2, 3].map((index) => isEmpty(index, unpublished)),
				...[0, 1, 4, 5].map((index) => isEmpty(index, unhandled)),
			]);
			return quiet.every(Boolean);
		}, PATIENCE);
	}

	it("commits at most eight times before it is answered, each in one statement", () => {
		const ofTheRequest = (sent: Sent[]) =>
			sent.filter((each) => each.for === "placing" && !isBackground(each)).map(({ name }) => name);

		expect(ofTheRequest(untilAnswered.filter(isWrite))).toHaveLength(8);
		expect(ofTheRequest(transactions(untilAnswered))).toEqual([]);
	});

	it("takes at most forty statements, relay and consumers included, polls and transaction control not", () => {
		const statements = counted(everything);

		expect(statements.length).toBeGreaterThan(8);
		expect(statements.length).toBeLessThanOrEqual(40);
	});

	// Alone it pays for itself what relays and inboxes do for all that come together.
	it("takes at most twenty-five among ten", () => {
		const statements = counted(ofTen);

		expect(statements.length).toBeGreaterThan(80);
		expect(statements.length).toBeLessThanOrEqual(250);
	});
});

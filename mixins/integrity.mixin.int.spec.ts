import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../services/contracts/action.ts";
import { auditOf } from "../services/contracts/integrity.ts";
import { startBroker } from "../test/support/broker.ts";
import { until } from "../test/support/wait.ts";
import { countersDatabase } from "./counters.fixture.ts";
import type { CountersDatabase } from "./counters.fixture.ts";
import { defineService } from "./define-service.ts";
import type { StoaService } from "./define-service.ts";
import type { Worker } from "./events/worker.ts";
import { startSaga } from "./saga/sagas.fixture.ts";
import type { Audit } from "./integrity/audit.ts";
import { inboxStuck, outboxAge, sagasOverdue } from "./integrity/stuck.ts";
import { integrity } from "./integrity.mixin.ts";
import { keepMetrics, metricsOf } from "./metrics/registry.ts";
import { statement } from "./sql/database.ts";
import { sql } from "./sql.mixin.ts";

type Audited = StoaService & { auditing: Worker };

const WRITE = statement("spec.write", "delete from tickets");
const SLEEP = statement("spec.sleep", "select pg_sleep(30)");

const reading = (name: string, question: typeof WRITE): Audit => ({
	name,
	kinds: [],
	async chunk(_service, { db }) {
		await db.query(question);
		return { findings: [], checked: 0, next: null };
	},
});

describe("a service that audits itself", () => {
	let database: CountersDatabase;
	const brokers: ServiceBroker[] = [];
	/** What was logged, by the node's name. */
	let lines: string[] = [];

	beforeAll(async () => (database = await countersDatabase()));
	beforeEach(async () => {
		lines = [];
		await database.rows("truncate outbox, inbox, leases, sagas");
	});
	afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.stop())));
	afterAll(() => database.close());

	async function start(
		everyMs: number,
		nodeID = "a",
		audits: readonly Audit[] = [outboxAge, inboxStuck, sagasOverdue],
	) {
		const environment = jest.replaceProperty(process, "env", { INTEGRITY_EVERY_MS: String(everyMs) });
		const schema = defineService({ name: "counters", mixins: [sql({ url: () => database.url }), integrity(audits)] });
		const metrics = { name: "Metrics", created: keepMetrics };
		const broker = await startBroker([schema], { nodeID, middlewares: [metrics] });
		environment.restore();
		brokers.push(broker);
		const service = broker.getLocalService("counters") as unknown as Audited;
		for (const level of ["error", "warn"] as const) {
			service.logger[level] = (...parts: unknown[]) => void lines.push(`${nodeID} ${level} ${parts.join(" ")}`);
		}
		return service;
	}

	const insertFact = (sequence: number, age: string) =>
		database.rows(
			`insert into outbox (message_id, name, schema_version, aggregate_type, aggregate_id, sequence, body, occurred_at)
			values (gen_random_uuid(), 'counter.raised', 1, 'counter', '1', $1, '{}', now() - $2::interval)`,
			[sequence, age],
		);
	const insertDelivery = (consumer: string, sinceDue: string) =>
		database.rows(
			`insert into inbox (consumer, message_id, message, next_attempt_at)
			values ($1, gen_random_uuid(), '{}', now() - $2::interval)`,
			[consumer, sinceDue],
		);
	const auditOn = ({ broker }: StoaService) => call(broker, auditOf("counters"), {});
	const gauge = ({ broker }: StoaService, kind: string) =>
		metricsOf(broker)
			?.gauge("stoa_integrity_findings", "")
			.get()
			.values.find(({ labels }) => labels.kind === kind)?.value;

	it("finds facts that wait to be published for longer than 30 s", async () => {
		const service = await start(0);
		await insertFact(1, "29 s");
		expect((await auditOn(service)).findings).toEqual([]);

		await insertFact(2, "31 s");
		await insertFact(3, "40 s");
		expect(await auditOn(service)).toMatchObject({
			isComplete: true,
			findings: [
				{
					kind: "outbox-stuck",
					subject: "outbox",
					detail: expect.stringMatching(/^2 facts are unpublished; the oldest is counter.raised [0-9a-f-]{36}$/),
				},
			],
		});
	});

	it("finds messages that are due for longer than a minute, by consumer, and no dead letters", async () => {
		const service = await start(0);
		for (const age of ["59 s", "61 s", "2 minutes"]) await insertDelivery("bells.note", age);
		await insertDelivery("bells.count", "1 s");
		await insertDelivery("bells.dead", "1 h");
		await database.rows("update inbox set dead_at = now() where consumer = 'bells.dead'");

		expect((await auditOn(service)).findings).toMatchObject([
			{ kind: "inbox-stuck", subject: "consumer bells.note", detail: "2 messages are due and nobody handles them" },
		]);
	});

	it("finds sagas that need attention", async () => {
		const service = await start(0);
		const [troubled] = [await startSaga(database.db), await startSaga(database.db)];
		await database.rows("update sagas set needs_attention = true where id = $1", [troubled.id]);

		expect((await auditOn(service)).findings).toMatchObject([{ kind: "saga-overdue", subject: `saga ${troubled.id}` }]);
	});

	it("answers those who ask at the same time with one look", async () => {
		let looks = 0;
		const counting: Audit = { ...outboxAge, chunk: (...look) => ((looks += 1), outboxAge.chunk(...look)) };
		const service = await start(0, "a", [counting]);
		await Promise.all([auditOn(service), auditOn(service), auditOn(service)]);
		expect(looks).toBe(1);

		await auditOn(service);
		expect(looks).toBe(2);
	});

	it("never writes, and gives up what takes too long", async () => {
		const service = await start(0, "a", [reading("a write", WRITE), reading("a long look", SLEEP)]);

		expect((await auditOn(service)).unchecked).toEqual([
			{ audit: "a write", reason: "failed; the service's log says why" },
			{ audit: "a long look", reason: "SERVICE_BUSY" },
		]);
		expect(lines).toEqual([
			expect.stringContaining("Could not audit a write"),
			expect.stringContaining("Could not audit a long look"),
		]);
	});

	describe("from time to time", () => {
		const error = "a error Integrity: outbox-stuck, outbox: 1 facts are unpublished";
		const errors = () => lines.filter((line) => line.includes(" error "));

		it("tells a finding once, counts it as long as it stands, and tells when it is gone", async () => {
			const service = await start(20);
			await insertFact(1, "31 s");
			await until(() => errors().length);
			await insertFact(2, "31 s");
			let turns = 0;
			const counted = await until(() => (turns += 1) > 10 && gauge(service, "outbox-stuck"), { everyMs: 20 });

			expect(counted).toBe(1);
			expect(errors()).toEqual([expect.stringContaining(error)]);
			await database.rows("update outbox set published_at = now()");
			await until(() => gauge(service, "outbox-stuck") === 0);
			expect(lines.at(-1)).toBe("a warn Integrity: outbox-stuck, outbox: is in order again.");

			await insertFact(3, "31 s");
			await until(() => errors().length === 2);
		});

		it("shows every kind it may find, from its first turn on", async () => {
			const service = await start(20);
			await until(() => gauge(service, "outbox-stuck") === 0);

			expect(gauge(service, "inbox-stuck")).toBe(0);
			expect(gauge(service, "saga-overdue")).toBe(0);
		});

		it("is told by one of several nodes, and by the next when that one stops", async () => {
			await insertFact(1, "31 s");
			await start(20, "a");
			await until(() => errors().length);
			const second = await start(20, "b");
			let turns = 0;
			await until(() => (turns += 1) > 10, { everyMs: 20 });
			expect(errors()).toHaveLength(1);

			await brokers.shift()?.stop();
			await until(() => errors().length === 2);
			expect(errors()[1]).toContain("b error Integrity: outbox-stuck");
			expect(gauge(second, "outbox-stuck")).toBe(1);
		});

		it("is not told by a node that lost its turn to another", async () => {
			await insertFact(1, "31 s");
			const service = await start(20, "a");
			await until(() => gauge(service, "outbox-stuck") === 1);
			await database.rows(
				"update leases set owner = 'b', expires_at = now() + interval '1 h' where name = 'integrity'",
			);

			await until(() => gauge(service, "outbox-stuck") === 0);
		});

		it("goes on when an audit fails", async () => {
			const failing: Audit = { name: "nothing", kinds: [], chunk: () => Promise.reject(new Error("down")) };
			await insertFact(1, "31 s");
			await start(20, "a", [failing, outboxAge]);

			await until(() => errors().length);
			expect(lines[0]).toContain("a warn Could not audit nothing, will try again: Error: down");
		});

		it("is switched off by 0", async () => {
			await insertFact(1, "31 s");
			const service = await start(0);
			service.auditing.wake();
			await auditOn(service);

			expect(lines).toEqual([]);
		});
	});
});

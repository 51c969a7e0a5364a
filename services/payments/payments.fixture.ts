import { randomUUID } from "node:crypto";
import { jest } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import type { Message } from "../contracts/event.ts";
import { call } from "../contracts/action.ts";
import type { Meta } from "../contracts/meta.ts";
import { AuthorizePayment, CapturePayment, RefundPart, RefundPayment, ReversePayment } from "../contracts/payments.ts";
import { statement } from "../../mixins/sql/database.ts";
import type { Database } from "../../mixins/sql/database.ts";
import { startBroker } from "../../test/support/broker.ts";
import { listeningBus } from "../../test/support/listening-bus.ts";
import { freshDatabase } from "../../test/support/database.ts";
import payments from "./payments.service.ts";
import type { Payments } from "./payments.context.ts";
import { FaultyProvider } from "./providers/faulty-provider.fixture.ts";
import { forgetful } from "./providers/journal.ts";
import type { Effect } from "./providers/journal.ts";
import { patient } from "./providers/patient-provider.ts";
import type { PaymentProvider } from "./providers/provider.ts";
import { TestProvider } from "./providers/test-provider.ts";

/** The running service, with a bad line to the provider and what the provider really did. */
export interface RunningPayments {
	readonly broker: ServiceBroker;
	readonly service: Payments;
	readonly line: FaultyProvider;
	readonly effects: Effect[];
	readonly published: Message[];
	readonly statements: string[];
	stop(): Promise<void>;
}

/**
 * Starts the service on a database of its own; the environment is the one given.
 *
 * @param provider in the place of a test provider
 */
export async function startPayments(
	env: NodeJS.ProcessEnv = {},
	provider?: (service: Payments) => PaymentProvider,
): Promise<RunningPayments> {
	const database = await freshDatabase("payments");
	const environment = jest.replaceProperty(process, "env", { ...env, PAYMENT_DATABASE_URL: database.url });
	const published: Message[] = [];
	const broker = await startBroker([payments], { bus: listeningBus((message) => void published.push(message)) });
	const service = broker.getLocalService("payments") as Payments;
	const effects: Effect[] = [];
	const line = new FaultyProvider(provider?.(service) ?? testProvider(effects));
	const statements = countStatements(service);
	service.provider = patient(line, { timeoutMs: 100, report: () => undefined });
	const stop = async () => {
		await broker.stop();
		environment.restore();
		await database.drop();
	};
	return { broker, service, line, effects, published, statements, stop };
}

function testProvider(effects: Effect[]): PaymentProvider {
	const journal = { ...forgetful(), append: (effect: Effect) => void effects.push(effect) };
	const wait = () => new Promise<void>(() => undefined);
	return new TestProvider({ journal, now: () => new Date(), wait });
}

function countStatements(service: Payments): string[] {
	const names: string[] = [];
	const real = service.db;
	const counting: Database = {
		...real,
		query: (wanted, values) => {
			names.push(wanted.name);
			return real.query(wanted, values);
		},
	};
	Object.assign(service, { db: counting });
	return names;
}

/** One order's payment over its life, by the actions that others call. */
export function paymentOf({ broker, service, effects, published }: RunningPayments) {
	const ids = { paymentId: service.newId(), orderId: randomUUID(), userId: randomUUID() };
	const { paymentId } = ids;
	const terms = { ...ids, amountCents: 1050, currency: "EUR" };
	return {
		...ids,
		authorize: (method = "pm_card_visa", changed: Partial<typeof terms> = {}) =>
			call(broker, AuthorizePayment, { ...terms, method, ...changed }),
		capture: () => call(broker, CapturePayment, { paymentId }),
		reverse: async () => (await call(broker, ReversePayment, { ...ids, reason: "order cancelled" })).outcome,
		refund: (amount?: number, meta: Meta = {}) =>
			call(broker, RefundPayment, { paymentId, amount, reason: "damaged" }, { meta }),
		refundPart: (refundId: string, amountCents: number) =>
			call(broker, RefundPart, { refundId, paymentId, amountCents, reason: "returned" }),
		row: async () => (await service.db.query(ROW, [paymentId]))[0],
		transfers: () => service.db.query(TRANSFERS, [paymentId]),
		/** What the provider did for this payment and its refunds, in order. */
		effects: () => effects.filter(({ key, reference }) => `${key} ${String(reference)}`.includes(paymentId)),
		/** Facts the outbox holds, published or about to be. */
		history: async () => (await service.db.query(HISTORY, [paymentId])).map(({ type }) => type),
		facts: async () => (await service.db.query(FACTS, [paymentId])).map(({ name }) => name),
		published: () => published.filter(({ aggregateId }) => aggregateId === paymentId),
	};
}

const ROW = statement<{ status: string; refunded_amount: string; authorize_key: string; amount: string }>(
	"spec.payment",
	"select * from payments where id = $1",
);
const HISTORY = statement<{ type: string }>(
	"spec.history",
	"select type from transactions where payment_id = $1 order by created_at, id",
);
const FACTS = statement<{ name: string }>(
	"spec.facts",
	"select name from outbox where aggregate_id = $1 order by sequence",
);
const TRANSFERS = statement<{ debit: string; credit: string; cents: string }>(
	"spec.transfers",
	`select debit_account as debit, credit_account as credit, amount_cents as cents
	from transfers where payment_id = $1 order by id`,
);

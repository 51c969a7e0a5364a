import { randomUUID } from "node:crypto";
import type { ServiceBroker } from "moleculer";
import type { Worker } from "../../mixins/events/worker.ts";
import { statement } from "../../mixins/sql/database.ts";
import { call } from "../../services/contracts/action.ts";
import type { Meta, Role } from "../../services/contracts/meta.ts";
import { CreateProduct } from "../../services/contracts/products.ts";
import { TakeStripeEvent } from "../../services/contracts/provider-events.ts";
import type { Orders } from "../../services/orders/orders.context.ts";
import orders from "../../services/orders/orders.service.ts";
import type { Payments } from "../../services/payments/payments.context.ts";
import payments from "../../services/payments/payments.service.ts";
import { patient } from "../../services/payments/providers/patient-provider.ts";
import { stripeOf } from "../../services/payments/providers/payment-provider.mixin.ts";
import type { PaymentProvider } from "../../services/payments/providers/provider.ts";
import { openStripe } from "../../services/payments/providers/stripe/client.ts";
import { signatureOf } from "../../services/payments/providers/stripe/stripe-events.fixture.ts";
import type { StubEvent } from "../../services/payments/providers/stripe/stripe-events.fixture.ts";
import { STUB_KEY, StripeStub } from "../../services/payments/providers/stripe/stripe-stub.fixture.ts";
import { StubClient } from "../../services/payments/providers/stripe/stub-client.fixture.ts";
import products from "../../services/products/products.service.ts";
import { startBroker } from "../support/broker.ts";
import { freshDatabase } from "../support/database.ts";
import { until } from "../support/wait.ts";

const SERVICES = ["orders", "products", "payments"] as const;
const SECRET = "whsec_sequences";
const TIMEOUT_MS = 400;

/** Orders, products and payments as they are, each on its database, over a stub of Stripe. */
export interface SequenceShop {
	readonly broker: ServiceBroker;
	readonly orders: Orders & { readonly resuming: Worker };
	readonly payments: Payments;
	readonly stub: StripeStub;
	/** Stripe, as payments asks it. */
	readonly provider: PaymentProvider;
	/** Of a product there is enough of, and of one that runs out. */
	readonly plenty: string;
	readonly scarce: string;
	deliver(event: StubEvent): Promise<void>;
	/** Waits until nothing moves any more. @throws Error telling what does not come to rest */
	rest(timeoutMs: number): Promise<void>;
	stop(): Promise<void>;
}

export const as = (role: Role, userId: string = randomUUID()): { meta: Meta } => ({
	meta: { principal: { userId, role, sessionId: randomUUID() } },
});

export async function openSequenceShop(scarceStock: number): Promise<SequenceShop> {
	const databases = await Promise.all(SERVICES.map((service) => freshDatabase(service)));
	const urls = SERVICES.map((name, index) => [
		`${name.slice(0, -1).toUpperCase()}_DATABASE_URL`,
		databases[index]?.url,
	]);
	const before = process.env;
	const settings = { STRIPE_WEBHOOK_SECRET: SECRET, INTEGRITY_EVERY_MS: "0", INTEGRITY_SETTLE_MS: "0" };
	process.env = { ...(Object.fromEntries(urls) as NodeJS.ProcessEnv), ...settings };
	const broker = await startBroker([products, payments, orders]);

	const service = broker.getLocalService("payments") as Payments;
	const stub = new StripeStub();
	const own = stripeOf(service, openStripe({ secretKey: STUB_KEY, httpClient: new StubClient(stub) }));
	service.provider = patient(own.provider, { timeoutMs: TIMEOUT_MS, report: () => undefined });
	const [plenty, scarce] = [await productOf(broker, 1_000_000), await productOf(broker, scarceStock)];
	const running = broker.getLocalService("orders") as SequenceShop["orders"];

	return {
		...{ broker, orders: running, payments: service, stub, provider: own.provider, plenty, scarce },
		deliver: (event) => deliver(broker, event),
		async rest(timeoutMs) {
			const isResting = () => isAtRest(running, service);
			await until(isResting, { timeoutMs, everyMs: 500, what: "the shop to rest" }).catch(async (error: unknown) => {
				const open = [...(await running.db.query(WHAT_IS_OPEN)), ...(await service.db.query(WHAT_MONEY_IS_OPEN))];
				throw new Error(`${String(error)} ${JSON.stringify(open)}`);
			});
		},
		async stop() {
			await broker.stop();
			process.env = before;
			await Promise.all(databases.map((database) => database.drop()));
		},
	};
}

async function productOf(broker: ServiceBroker, stockQuantity: number): Promise<string> {
	const sku = `S-${stockQuantity}`;
	return (await call(broker, CreateProduct, { name: sku, sku, price: 10.5, stockQuantity }, as("admin"))).id;
}

/** As Stripe does: what is not answered is delivered again. */
async function deliver(broker: ServiceBroker, event: StubEvent): Promise<void> {
	const { payload } = event;
	const signed = { "stripe-signature": signatureOf(payload, SECRET) };
	const params = { raw: Buffer.from(payload).toString("base64"), headers: signed };
	await until(() => call(broker, TakeStripeEvent, params).catch(unlessRetryable), { timeoutMs: 60_000, everyMs: 200 });
}

function unlessRetryable(error: unknown): undefined {
	if ((error as { readonly retryable?: boolean }).retryable !== true) throw error;
}

const OPEN_SAGAS = statement<{ ok: number }>(
	"sequences.openSagas",
	"select 1 as ok from sagas where state <> 'done' and type <> 'hold' limit 1",
);
/** Why it does not rest, for whoever has to look. */
const WHAT_IS_OPEN = statement(
	"sequences.whatIsOpen",
	"select type, subject_id, state, refusal, last_error, attempts, step from sagas where state <> 'done' and type <> 'hold' limit 3",
);
const WHAT_MONEY_IS_OPEN = statement(
	"sequences.whatMoneyIsOpen",
	`select id::text, 'event' as what, row_to_json(provider_events)::text as row from provider_events where handled_at is null
	union all select id::text, 'refund', row_to_json(refunds)::text from refunds where status = 'pending' limit 3`,
);
const HURRY_SAGAS = statement(
	"sequences.hurrySagas",
	"update sagas set next_run_at = now() where state <> 'done' and type <> 'hold'",
);
const OPEN_MONEY = statement<{ ok: number }>(
	"sequences.openMoney",
	`select 1 as ok from provider_events where handled_at is null
	union all select 1 from refunds where status = 'pending' limit 1`,
);
const HURRY_EVENTS = statement(
	"sequences.hurryEvents",
	"update provider_events set attempt_after = now() where handled_at is null",
);
const HURRY_REFUNDS = statement(
	"sequences.hurryRefunds",
	"update refunds set attempt_after = now() where status = 'pending'",
);

/** What waits is made due: nobody has the minutes that a shop has. */
async function isAtRest(orders: SequenceShop["orders"], payments: Payments): Promise<boolean> {
	const open = [...(await orders.db.query(OPEN_SAGAS)), ...(await payments.db.query(OPEN_MONEY))];
	if (open.length === 0) return true;
	await Promise.all([orders.db.query(HURRY_SAGAS), payments.db.query(HURRY_EVENTS), payments.db.query(HURRY_REFUNDS)]);
	orders.resuming.wake();
	payments.follower.wake();
	return false;
}

import { call } from "../../contracts/action.ts";
import { TakeStripeEvent } from "../../contracts/provider-events.ts";
import { statement } from "../../../mixins/sql/database.ts";
import { until } from "../../../test/support/wait.ts";
import { startPayments } from "../payments.fixture.ts";
import type { RunningPayments } from "../payments.fixture.ts";
import { stripeOf } from "../providers/payment-provider.mixin.ts";
import { openStripe } from "../providers/stripe/client.ts";
import { signatureOf } from "../providers/stripe/stripe-events.fixture.ts";
import type { StubEvent } from "../providers/stripe/stripe-events.fixture.ts";
import { STUB_KEY, StripeStub } from "../providers/stripe/stripe-stub.fixture.ts";
import { StubClient } from "../providers/stripe/stub-client.fixture.ts";

export const WEBHOOK_SECRET = "whsec_stub";

/** Payments over the stub of Stripe, whose events wait to be delivered. */
export async function startStripePayments() {
	const stub = new StripeStub();
	const events: StubEvent[] = [];
	stub.world.onEvent = (event) => events.push(event);
	const env = { STRIPE_WEBHOOK_SECRET: `whsec_old,${WEBHOOK_SECRET}` };
	const running = await startPayments(env, (service) => {
		const own = stripeOf(service, openStripe({ secretKey: STUB_KEY, httpClient: new StubClient(stub) }));
		service.vault = own.vault;
		return own.provider;
	});
	return { ...running, stub, events, ...deliveries(running, events) };
}

const UNHANDLED = statement("spec.unhandled", "select id from provider_events where handled_at is null");
const DUE = statement("spec.eventsDue", "update provider_events set attempt_after = now() where handled_at is null");

function deliveries({ broker, service }: RunningPayments, events: StubEvent[]) {
	const deliver = ({ payload }: Pick<StubEvent, "payload">, signature = signatureOf(payload, WEBHOOK_SECRET)) =>
		call(broker, TakeStripeEvent, {
			raw: Buffer.from(payload).toString("base64"),
			headers: { "stripe-signature": signature },
		});
	const followed = () =>
		until(async () => (await service.db.query(UNHANDLED)).length === 0, { what: "the events to be followed" });
	const retry = async () => {
		await service.db.query(DUE);
		service.follower.wake();
	};
	return {
		deliver,
		followed,
		/** Makes what failed due again. */
		retry,
		/** Delivers all that wait, in this order, and lets payments handle them. */
		async deliverAll(order: (waiting: StubEvent[]) => StubEvent[] = (waiting) => waiting) {
			for (const event of order(events.splice(0))) await deliver(event);
			await followed();
		},
	};
}

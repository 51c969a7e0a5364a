import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { chance } from "../../bin/provider/chance.ts";
import { randomFrom } from "../../bin/trial/random.ts";
import { call } from "../../services/contracts/action.ts";
import { CancelOrder, PayOrder, PlaceOrder } from "../../services/contracts/orders.ts";
import type { StubEvent } from "../../services/payments/providers/stripe/stripe-events.fixture.ts";
import type { StubFault } from "../../services/payments/providers/stripe/stripe-stub.fixture.ts";
import { as } from "./shop.ts";
import type { SequenceShop } from "./shop.ts";

/** One customer's story: what he does, what goes wrong at the provider, and how its events arrive. All of it follows from the seed. */
class Sequence {
	readonly #random: () => number;
	readonly #late: StubEvent[] = [];
	readonly #shop: SequenceShop;
	readonly #deliveries: Promise<unknown>[] = [];
	readonly intents: string[] = [];
	orderId: string | undefined;

	constructor(shop: SequenceShop, random: () => number) {
		this.#shop = shop;
		this.#random = random;
	}

	isLucky = (share: number): boolean => this.#random() < share;

	pick = <T>(choices: readonly [T, ...T[]]): T => choices[Math.floor(this.#random() * choices.length)] ?? choices[0];

	/** An event comes one to three times, at once, in the middle of something, or after everything. */
	plan(event: StubEvent): void {
		if (event.type === "payment_intent.created") this.intents.push(event.reference);
		const copies = this.pick([1, 1, 2, 3]);
		for (let copy = 0; copy < copies; copy += 1) this.#plan(event, this.pick([0, 0, 5, 20, 60, undefined, undefined]));
	}

	#plan(event: StubEvent, delayMs: number | undefined): void {
		if (delayMs === undefined) this.#late.push(event);
		else this.#deliveries.push(wait(delayMs).then(() => this.#shop.deliver(event)));
	}

	/** What was kept back comes in any order, some of it twice. */
	async deliverRest(): Promise<void> {
		const shuffled = this.#late.map((event) => [this.#random(), event] as const).sort(([a], [b]) => a - b);
		for (const [, event] of shuffled) {
			await this.#shop.deliver(event);
			if (this.isLucky(0.3)) await this.#shop.deliver(event);
		}
		await Promise.all(this.#deliveries);
	}

	fault(): StubFault | undefined {
		if (!this.isLucky(0.08)) return undefined;
		const kinds = [
			"request lost",
			"answer lost",
			"failed before",
			"failed after",
			"too many",
			"conflict",
			"late",
		] as const;
		const kind = this.pick(kinds);
		return kind === "late" ? { kind, ms: 600 } : { kind };
	}
}

const running = new AsyncLocalStorage<Sequence>();
const byIntent = new Map<string, Sequence>();

/** Lets each request and event of the stub belong to the sequence that caused it. */
export function conduct({ stub }: SequenceShop): void {
	byIntent.clear();
	stub.faultOf = () => running.getStore()?.fault();
	stub.world.onEvent = (event) => {
		const sequence = byIntent.get(event.reference) ?? running.getStore();
		if (sequence === undefined) return;
		byIntent.set(event.reference, sequence);
		sequence.plan(event);
	};
}

/** Plays the sequence of this number; refusals belong to the story. */
export async function play(shop: SequenceShop, seed: number, number: number): Promise<void> {
	const random = randomFrom(Math.floor(chance(seed, `sequence ${number}`) * 2 ** 32));
	const sequence = new Sequence(shop, random);
	await running.run(sequence, async () => {
		await story(shop, sequence);
		await staff(shop, sequence);
		await sequence.deliverRest();
	});
}

const METHODS = [
	"pm_card_visa",
	"pm_card_visa",
	"pm_card_visa",
	"pm_card_mastercard",
	"pm_card_chargeDeclined",
] as const;

async function story(shop: SequenceShop, sequence: Sequence): Promise<void> {
	const customer = as("customer");
	const productId = sequence.isLucky(0.1) ? shop.scarce : shop.plenty;
	const basket = { items: [{ productId, quantity: sequence.pick([1, 2, 3]) }], shippingAddress: "1 Main Street" };
	const isPending = sequence.isLucky(0.35);
	const placing = { ...basket, ...(!isPending && { paymentMethod: sequence.pick(METHODS) }) };
	sequence.orderId = await orderOf(call(shop.broker, PlaceOrder, placing, { ...customer }));
	if (sequence.orderId === undefined) return;

	const { orderId } = sequence;
	const pay = () => call(shop.broker, PayOrder, { orderId, paymentMethod: sequence.pick(METHODS) }, { ...customer });
	const cancel = () => call(shop.broker, CancelOrder, { id: orderId }, { ...customer });
	const deeds = isPending ? [pay, ...(sequence.isLucky(0.4) ? [pay] : [])] : [];
	if (sequence.isLucky(0.25)) deeds.push(cancel as never);
	// At once, or one after the other.
	if (sequence.isLucky(0.5)) await Promise.allSettled(deeds.map((deed) => deed()));
	else for (const deed of deeds) await deed().catch(() => undefined);
}

/** The order that was placed, or that a refusal names. */
const orderOf = (placing: Promise<{ readonly id: string }>): Promise<string | undefined> =>
	placing.then(
		({ id }) => id,
		(refusal: unknown) => (refusal as { readonly data?: { readonly orderId?: string } }).data?.orderId,
	);

/** What happens at Stripe and not here: a declined intent is paid after all, a hold is let go, money is given back. */
async function staff({ stub: { world } }: SequenceShop, sequence: Sequence): Promise<void> {
	for (const id of sequence.intents) {
		if (!sequence.isLucky(0.2)) continue;
		interfere(world, sequence, id);
		await wait(sequence.pick([0, 5, 30]));
	}
}

function interfere(world: SequenceShop["stub"]["world"], sequence: Sequence, id: string): void {
	const intent = world.intent(id);
	const isWhole = intent.status === "succeeded" && world.chargeOf(intent).amount_refunded === 0;
	if (isWhole) world.refund(id, { amount: String(sequence.pick([1, 333, intent.amount])) });
	if (intent.status === "requires_capture" && sequence.isLucky(0.5)) world.cancel(id);
	if (intent.status !== "requires_payment_method") return;
	world.confirm(intent, world.method("pm_card_visa"));
	if (sequence.isLucky(0.6)) world.capture(id, {});
}

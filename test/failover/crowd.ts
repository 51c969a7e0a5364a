import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "../../bin/tour/shop-client.ts";
import type { Person, Shop } from "../support/shop.ts";

/** Between two orders of a buyer. */
const PAUSE_MS = 300;
const RETRY_MS = 250;
/** Whoever has no definite answer by then will not get one. */
const MAX_PATIENCE_MS = 75_000;

/** One HTTP request, as its sender saw it. */
export interface Sent {
	readonly atMs: number;
	/** How long it took, whatever came of it. */
	readonly tookMs: number;
	/** Undefined when nobody answered. */
	readonly status: number | undefined;
}

/** One order that a buyer wants. */
export interface Wish {
	/** The address that the order goes to, which no other order has, and the Idempotency-Key of who repeats it. */
	readonly name: string;
	readonly requests: Sent[];
	/** A request for it is under way. */
	isWaiting: boolean;
	/** Undefined while nobody has said what became of it. */
	status?: number;
	orderId?: string;
}

export interface Manners {
	/** They send a request with its key again until the answer is definite. */
	readonly patient: number;
	/** They use no key, and take the first answer for the last. */
	readonly hasty: number;
	/** How long a hasty one waits for it. */
	readonly hastyWaitsMs: number;
}

/** Buyers who order one thing after another, until they leave. */
export class Crowd {
	readonly patient: Wish[] = [];
	readonly hasty: Wish[] = [];
	readonly #shop: Shop;
	readonly #productId: string;
	#buyers: Promise<unknown> = Promise.resolve();
	#isOpen = true;
	#isPatient = true;

	private constructor(shop: Shop, productId: string) {
		this.#shop = shop;
		this.#productId = productId;
	}

	static async enter(shop: Shop, { patient, hasty, hastyWaitsMs }: Manners): Promise<Crowd> {
		const people = await shop.customers(patient + hasty);
		const body = { name: "Bowl", sku: "BOWL-9", price: 9.99, stockQuantity: 100_000 };
		const product = await shop.send("POST", "/products", { token: await shop.adminToken(), body });
		const crowd = new Crowd(shop, String(product.body.id));
		const buyers = people.map((person, index) =>
			index < patient
				? crowd.#shopping(crowd.patient, (wish) => crowd.#insist(person, wish))
				: crowd.#shopping(crowd.hasty, (wish) => crowd.#askOnce(person, wish, hastyWaitsMs)),
		);
		crowd.#buyers = Promise.all(buyers);
		return crowd;
	}

	/** All requests that have ended. */
	get requests(): Sent[] {
		return [...this.patient, ...this.hasty].flatMap(({ requests }) => requests);
	}

	/** Resolves when everybody knows what became of his last order, or has given up. */
	async leave(): Promise<void> {
		this.#isOpen = false;
		await this.#buyers;
	}

	/** Resolves when the requests that are under way have ended; for a spec that has failed. */
	async scatter(): Promise<void> {
		this.#isPatient = false;
		await this.leave();
	}

	/** Sends one request, also of somebody who is not of the crowd. */
	order(
		{ token }: Person,
		name: string,
		{ headers = {}, waitMs = MAX_PATIENCE_MS }: { headers?: Record<string, string>; waitMs?: number } = {},
	): Promise<Answer> {
		const items = [{ productId: this.#productId, quantity: 1 }];
		return this.#shop.send("POST", "/orders", {
			token,
			headers,
			signal: AbortSignal.timeout(waitMs),
			body: { items, shippingAddress: name, paymentMethod: "pm_card_visa" },
		});
	}

	async #shopping(wishes: Wish[], want: (wish: Wish) => Promise<unknown>): Promise<void> {
		while (this.#isOpen) {
			const wish: Wish = { name: randomUUID(), requests: [], isWaiting: false };
			wishes.push(wish);
			await want(wish);
			await wait(PAUSE_MS);
		}
	}

	async #insist(buyer: Person, wish: Wish): Promise<void> {
		const endMs = Date.now() + MAX_PATIENCE_MS;
		const headers = { "idempotency-key": wish.name };
		while (this.#isPatient && Date.now() < endMs) {
			const answer = await this.#sent(wish, () => this.order(buyer, wish.name, { headers }));
			if (answer !== undefined && isDefinite(answer)) {
				learn(wish, answer);
				return;
			}
			await wait(Number(answer?.headers.get("retry-after") ?? 0) * 1_000 || RETRY_MS);
		}
	}

	async #askOnce(buyer: Person, wish: Wish, waitMs: number): Promise<void> {
		const answer = await this.#sent(wish, () => this.order(buyer, wish.name, { waitMs }));
		if (answer !== undefined) learn(wish, answer);
	}

	async #sent(wish: Wish, send: () => Promise<Answer>): Promise<Answer | undefined> {
		const atMs = Date.now();
		wish.isWaiting = true;
		const answer = await send().catch(() => undefined);
		wish.isWaiting = false;
		wish.requests.push({ atMs, tookMs: Date.now() - atMs, status: answer?.status });
		return answer;
	}
}

/** How many requests for these are under way. */
export const waiting = (wishes: readonly Wish[]): number => wishes.filter(({ isWaiting }) => isWaiting).length;

function learn(wish: Wish, { status, body }: Answer): void {
	Object.assign(wish, { status, orderId: String(body.id) });
}

/** Nothing broke, and nothing is under way still. A stored refusal is definite, too. */
const isDefinite = ({ status, body, headers }: Answer): boolean =>
	headers.has("idempotency-replayed") || (status < 500 && body.code !== "IDEMPOTENCY_KEY_IN_USE");

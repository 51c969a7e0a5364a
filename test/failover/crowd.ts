import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "../../bin/tour/shop-client.ts";
import type { Person, Shop } from "../support/shop.ts";

/** Between two orders of a buyer. */
const PAUSE_MS = 100;
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
	#waiting = 0;

	private constructor(shop: Shop, productId: string) {
		this.#shop = shop;
		this.#productId = productId;
	}

	static async enter(shop: Shop, { patient, hasty, hastyWaitsMs }: Manners): Promise<Crowd> {
		const people = await shop.customers(patient + hasty);
		const body = { name: "Bowl", sku: "BOWL-9", price: 9.99, stockQuantity: 100_000 };
		const product = await shop.send("POST", "/products", { token: await shop.adminToken(), body });
		const crowd = new Crowd(shop, String(product.body.id));
		const buyers = people.map((person, index) => {
			const isPatient = index < patient;
			const [wishes, patienceMs] = isPatient ? [crowd.patient, MAX_PATIENCE_MS] : [crowd.hasty, hastyWaitsMs];
			return crowd.#shopping(person, wishes, (wish) => crowd.#want(person, wish, isPatient, patienceMs));
		});
		crowd.#buyers = Promise.all(buyers);
		return crowd;
	}

	/** How many requests are under way. */
	get waiting(): number {
		return this.#waiting;
	}

	/** Everybody who sent a request, in whatever manner. */
	get requests(): Sent[] {
		return [...this.patient, ...this.hasty].flatMap(({ requests }) => requests);
	}

	/** Resolves when everybody knows what became of his last order, or has given up. */
	async leave(): Promise<void> {
		this.#isOpen = false;
		await this.#buyers;
	}

	/** Sends one request, of somebody who is not of the crowd. */
	order({ token }: Person, name: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Answer> {
		return this.#shop.send("POST", "/orders", {
			token,
			headers,
			...(signal !== undefined && { signal }),
			body: {
				items: [{ productId: this.#productId, quantity: 1 }],
				shippingAddress: name,
				paymentMethod: "pm_card_visa",
			},
		});
	}

	async #shopping(_buyer: Person, wishes: Wish[], want: (wish: Wish) => Promise<void>): Promise<void> {
		while (this.#isOpen) {
			const wish: Wish = { name: randomUUID(), requests: [] };
			wishes.push(wish);
			await want(wish);
			await wait(PAUSE_MS);
		}
	}

	async #want(buyer: Person, wish: Wish, isPatient: boolean, patienceMs: number): Promise<void> {
		const endMs = Date.now() + patienceMs;
		const headers: Record<string, string> = isPatient ? { "idempotency-key": wish.name } : {};
		do {
			const answer = await this.#sent(wish, () =>
				this.order(buyer, wish.name, headers, AbortSignal.timeout(Math.max(1, endMs - Date.now()))),
			);
			if (answer !== undefined && (isDefinite(answer) || !isPatient)) {
				Object.assign(wish, { status: answer.status, orderId: String(answer.body.id) });
				return;
			}
			if (isPatient) await wait(Number(answer?.headers.get("retry-after") ?? 0) * 1_000 || RETRY_MS);
		} while (isPatient && Date.now() < endMs);
	}

	async #sent(wish: Wish, send: () => Promise<Answer>): Promise<Answer | undefined> {
		const atMs = Date.now();
		this.#waiting += 1;
		const answer = await send().catch(() => undefined);
		this.#waiting -= 1;
		wish.requests.push({ atMs, tookMs: Date.now() - atMs, status: answer?.status });
		return answer;
	}
}

/** Nothing broke, and nothing is under way still. A stored refusal is definite, too. */
const isDefinite = ({ status, body, headers }: Answer): boolean =>
	headers.has("idempotency-replayed") || (status < 500 && body.code !== "IDEMPOTENCY_KEY_IN_USE");

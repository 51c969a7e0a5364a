import { accessToken, describeProduct, register } from "../../trial/requests.ts";
import type { AccessToken, Shop } from "../../trial/requests.ts";
import { pay, visitOf } from "./visits.ts";

/** Of the customers there are, so many are shopping. */
const CUSTOMERS = 40;
const FIRST_CUSTOMERS = 4;
const NEW_CUSTOMER_EVERY = 20;
const PRODUCT_CHANGES_EVERY = 10;
/** When so many visits are open the shop does not answer, and no more come. */
const MOST_OPEN = 150;

export interface LoadOptions {
	readonly shop: Shop;
	readonly staff: { readonly email: string; readonly password: string };
	readonly productIds: readonly string[];
	readonly random: () => number;
	readonly visitsPerSecond: number;
}

/** Customers who come at a steady rate, open accounts, and buy; each repeats what it wants until it is answered. */
export class Load {
	readonly #options: LoadOptions;
	readonly #customers: AccessToken[] = [];
	readonly #staff: AccessToken;
	readonly #open = new Set<Promise<void>>();
	#count = 0;
	#timer: NodeJS.Timeout | undefined;
	/** What no client should ever see. */
	readonly failures: string[] = [];

	constructor(options: LoadOptions) {
		this.#options = options;
		this.#staff = accessToken(options.shop.gateway, options.staff);
	}

	get openVisits(): number {
		return this.#open.size;
	}

	async start(): Promise<void> {
		await Promise.all(Array.from({ length: FIRST_CUSTOMERS }, (_, index) => this.#welcome(`first-${index}`)));
		this.#timer = setInterval(() => this.#next(), 1_000 / this.#options.visitsPerSecond);
	}

	/** No more visits; resolves when all that began have been answered, or when the time is over. */
	async stop(withinMs: number): Promise<void> {
		clearInterval(this.#timer);
		let timer: NodeJS.Timeout | undefined;
		const over = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)));
		await Promise.race([Promise.all(this.#open), over]);
		clearTimeout(timer);
	}

	#next(): void {
		if (this.#open.size >= MOST_OPEN) return;
		const count = ++this.#count;
		const { productIds, random } = this.#options;
		const visit = visitOf(`visit-${count}`, productIds, random);
		const token = this.#customers[Math.floor(random() * this.#customers.length)];
		if (token !== undefined) this.#follow(pay(this.#options.shop, token, this.#staff, visit));
		if (count % NEW_CUSTOMER_EVERY === 0) this.#follow(this.#welcome(`customer-${count}`));
		if (count % PRODUCT_CHANGES_EVERY === 0)
			this.#follow(this.#describe(productIds[count % productIds.length] ?? "", `change-${count}`));
	}

	async #describe(productId: string, key: string): Promise<void> {
		await describeProduct(this.#options.shop, this.#staff, key, productId);
	}

	#follow(work: Promise<void>): void {
		const followed: Promise<void> = work
			.catch((error: unknown) => void this.failures.push(String(error)))
			.finally(() => this.#open.delete(followed));
		this.#open.add(followed);
	}

	/** The newest customers shop. */
	async #welcome(name: string): Promise<void> {
		this.#customers.push(await register(this.#options.shop, name));
		if (this.#customers.length > CUSTOMERS) this.#customers.shift();
	}
}

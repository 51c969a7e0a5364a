/** Views of one product on one day (UTC). */
export interface DayViews {
	readonly productId: string;
	/** `2026-01-31` */
	readonly date: string;
	readonly views: number;
}

/**
 * Counts views in memory, so that looking at a product costs no write. What was not taken yet is lost with the process:
 * a second of views at the most, which is fine for a statistic.
 */
export class ViewCounter {
	readonly #now: () => Date;
	#days = new Map<string, Map<string, number>>();

	constructor(now: () => Date) {
		this.#now = now;
	}

	count(productId: string): void {
		this.#add({ productId, date: this.#now().toISOString().slice(0, 10), views: 1 });
	}

	/** Everything that was counted since it was asked last. */
	take(): DayViews[] {
		const days = this.#days;
		this.#days = new Map();
		return [...days].flatMap(([date, products]) =>
			[...products].map(([productId, views]) => ({ productId, date, views })),
		);
	}

	/** Takes back what could not be written. */
	putBack(counted: readonly DayViews[]): void {
		for (const views of counted) this.#add(views);
	}

	#add({ productId, date, views }: DayViews): void {
		const products = this.#days.get(date) ?? new Map<string, number>();
		products.set(productId, (products.get(productId) ?? 0) + views);
		this.#days.set(date, products);
	}
}

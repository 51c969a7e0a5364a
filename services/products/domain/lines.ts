export interface Line {
	readonly productId: string;
	readonly quantity: number;
}

/** What is wanted of each product, once each, in the order in which stock is locked. */
export function summed(lines: readonly Line[]): Line[] {
	const wanted = new Map<string, number>();
	for (const line of lines) {
		// The same id in another spelling is the same product.
		const productId = line.productId.toLowerCase();
		wanted.set(productId, (wanted.get(productId) ?? 0) + line.quantity);
	}
	return [...wanted]
		.map(([productId, quantity]) => ({ productId, quantity }))
		.sort((one, other) => (one.productId < other.productId ? -1 : 1));
}

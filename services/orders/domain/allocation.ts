/**
 * Divides an amount in proportion to weights, to the last minor unit: everybody gets his share rounded down, and what
 * is left goes to the largest remainders, the first ones where they are equal. Whatever is divided, the parts sum to
 * it; a weight of zero gets nothing, unless all are zero: then the last part gets all.
 *
 * @param amountCents whole minor units, not negative
 * @param weights whole and not negative
 */
export function allocate(amountCents: number, weights: readonly number[]): number[] {
	const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
	if (sum === 0n) return weights.map((_, index) => (index === weights.length - 1 ? amountCents : 0));

	const products = weights.map((weight) => BigInt(amountCents) * BigInt(weight));
	const floors = products.map((product) => Number(product / sum));
	const left = amountCents - floors.reduce((total, floor) => total + floor, 0);
	const remainders = products.map((product, index) => ({ index, remainder: product % sum }));
	const favoured = remainders.sort((one, other) => larger(one.remainder, other.remainder) || one.index - other.index);
	for (const { index } of favoured.slice(0, left)) floors[index] = (floors[index] ?? 0) + 1;
	return floors;
}

const larger = (one: bigint, other: bigint): number => (one === other ? 0 : one > other ? -1 : 1);

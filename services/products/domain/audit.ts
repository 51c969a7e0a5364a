interface Units {
	readonly initial: number;
	readonly adjusted: number;
	readonly reserved: number;
	readonly sold: number;
	readonly restocked: number;
}

export interface Stock {
	readonly counted: Units & { readonly available: number };
	readonly journal: Units & { readonly released: number };
	readonly held: number;
}

/** What does not add up in the stock of a product, in words; undefined when all does. */
export function flawOfStock({ counted, journal, held }: Stock): string | undefined {
	const onHand = counted.available + counted.reserved;
	const inJournal = journal.reserved - journal.released - journal.sold;
	const pairs = [
		["on hand + sold", onHand + counted.sold, counted.initial + counted.adjusted + counted.restocked],
		["initial", counted.initial, journal.initial],
		["adjusted", counted.adjusted, journal.adjusted],
		["sold", counted.sold, journal.sold],
		["restocked", counted.restocked, journal.restocked],
		["reserved", counted.reserved, inJournal],
		["reserved", counted.reserved, held],
	] as const;
	const wrong = pairs.filter(([, one, other]) => one !== other);
	if (wrong.length === 0) return undefined;
	return wrong.map(([what, one, other]) => `${what} is ${one} and should be ${other}`).join("; ");
}

/** As long as Stoa keeps the answers of its catalogue. */
const KEPT_MS = 900;
const MOST_KEPT = 500;

/** Asks once for each key in so long a time, and for all who ask meanwhile. */
export function kept<T>(): (key: string, ask: () => Promise<T>) => Promise<T> {
	const answers = new Map<string, { readonly askedMs: number; readonly answer: Promise<T> }>();
	return (key, ask) => {
		const askedMs = performance.now();
		const known = answers.get(key);
		if (known !== undefined && askedMs - known.askedMs < KEPT_MS) return known.answer;

		if (answers.size === MOST_KEPT) answers.clear();
		const answer = ask();
		answers.set(key, { askedMs, answer });
		return answer;
	};
}

/** So many readings of one word are searched for together. */
const MAX_READINGS = 5;
/** A shorter word within two edits is another word. */
const LEAST_FOR_TWO_EDITS = 6;

/**
 * How many edits make one word of the other: a letter left out, put in or replaced, or two neighbours swapped
 * (optimal string alignment).
 */
export function editsBetween(one: string, other: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: other.length + 1 }, (_, column) => column);
	for (let row = 1; row <= one.length; row++) {
		const current = [row];
		for (let column = 1; column <= other.length; column++) {
			const isSame = one[row - 1] === other[column - 1];
			const replaced = at(last, column - 1) + (isSame ? 0 : 1);
			const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
			const swapped = isSwapped ? at(beforeLast, column - 2) + 1 : Infinity;
			current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
		}
		[beforeLast, last] = [last, current];
	}
	return at(last, other.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Infinity;

/**
 * The words that may have been meant: those one edit away, else for longer words those two edits away.
 *
 * @param candidates known words, the likeliest first
 */
export function readingsOf(word: string, candidates: readonly string[]): string[] {
	const unique = [...new Set(candidates)];
	const within = (edits: number) => unique.filter((candidate) => editsBetween(word, candidate) === edits);
	const near = within(1);
	const chosen = near.length > 0 || word.length < LEAST_FOR_TWO_EDITS ? near : within(2);
	return chosen.slice(0, MAX_READINGS);
}

/** Where a word may be two words that lost their space, each of at least two letters. */
export const splitsOf = (word: string): [string, string][] =>
	Array.from({ length: Math.max(0, word.length - 3) }, (_, index) => [word.slice(0, index + 2), word.slice(index + 2)]);

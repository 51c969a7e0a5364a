/** More words of a search than this are not looked at: the first ones say what is meant. */
const MAX_WORDS = 12;
const MAX_LETTERS = 40;
/** As many begin a name while it is typed. */
const LEAST_PREFIX = 3;

/**
 * The words of a search as `search_text` of the database makes them: letters and digits without accents and
 * capitals, and nothing else. Each word once.
 */
export function wordsOf(given: string): string[] {
	const folded = given
		.normalize("NFD")
		.replace(/[\u0300-\u036f]+/g, "")
		.toLowerCase();
	const words = folded.match(/[\p{L}\p{Nd}]+/gu) ?? [];
	return [...new Set(words.map((word) => word.slice(0, MAX_LETTERS)))].slice(0, MAX_WORDS);
}

/** One word of a search with all that may stand for it, as PostgreSQL's `to_tsquery` reads it. */
export type Term = string;

/** What each word may be read as; a word that is not in it, as itself. */
export type Readings = ReadonlyMap<string, readonly string[]>;

/** Every word as it is. */
export const exactTerms = (words: readonly string[]): Term[] => [...words];

/** Each word as it is or as it may have been meant; the last one may also be the beginning of a word. */
export function readTerms(words: readonly string[], readings: Readings): Term[] {
	return words.map((word, index) => {
		const isBegun = index === words.length - 1 && word.length >= LEAST_PREFIX;
		return [isBegun ? `${word}:*` : word, ...(readings.get(word) ?? [])].join(" | ");
	});
}

/** Only what is known: a word that neither names nor means anything does not keep the others from being found. */
export function knownTerms(words: readonly string[], known: ReadonlySet<string>, readings: Readings): Term[] {
	const kept = words.filter((word) => known.has(word) || readings.has(word));
	return kept.map((word) => [word, ...(readings.get(word) ?? [])].join(" | "));
}

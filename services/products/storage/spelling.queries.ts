import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

/** What is known of a word of a search. */
export interface Spelling {
	readonly word: string;
	/** Whether a name has it. */
	readonly isKnown: boolean;
	/** Known words that may be meant, the likeliest first. */
	readonly candidates: string[];
}

/**
 * Words of names that are like the given ones: those that one edit makes of them, by the deletions that both have
 * (trigrams would not do: "lmap" and "lamp" share none but the first letter), and by trigrams those that may be two
 * edits away. Of a stop word nothing is known.
 */
const SPELLINGS = statement<Spelling>(
	"search.spellings",
	`select given.word,
		exists (select from search_words as known where known.word = given.word) as "isKnown",
		array(
			select near.word from search_words as near where near.deletions && deletions(given.word)
			order by similarity(near.word, given.word) desc, near.word limit 50
		) || array(
			select alike.word from search_words as alike where length(given.word) >= 6 and alike.word % given.word
			order by similarity(alike.word, given.word) desc, alike.word limit 20
		) as candidates
	from unnest($1::text[]) as given (word)
	where length(given.word) >= 3 and given.word !~ '[[:digit:]]' and numnode(plainto_tsquery('english', given.word)) > 0`,
);

const KNOWN = statement<{ word: string }>("search.known", "select word from search_words where word = any($1::text[])");

export const spellingsOf = (db: Queryable, words: readonly string[]): Promise<Spelling[]> =>
	db.query(SPELLINGS, [words]);

/** Those of the words that a name has. */
export async function knownWords(db: Queryable, words: readonly string[]): Promise<Set<string>> {
	return new Set((await db.query(KNOWN, [words])).map(({ word }) => word));
}

import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Readings } from "../domain/search-terms.ts";
import { readingsOf, splitsOf } from "../domain/spelling.ts";
import { knownWords, spellingsOf } from "../storage/spelling.queries.ts";

/** Which words of a search names have, and what else each may mean. */
export interface Spelling {
	readonly known: ReadonlySet<string>;
	readonly readings: Readings;
}

/** Looks words up among those of all names; two of them may also have lost their space. */
export async function spell(db: Queryable, words: readonly string[]): Promise<Spelling> {
	const splits = words.map((word) => [word, splitsOf(word)] as const);
	const [spellings, parts] = await Promise.all([
		spellingsOf(db, words),
		knownWords(
			db,
			splits.flatMap(([, pairs]) => pairs.flat()),
		),
	]);
	const joined = new Map(
		splits.map(([word, pairs]) => [word, pairs.filter((pair) => pair.every((part) => parts.has(part)))]),
	);
	const readings = spellings.map(({ word, candidates }) => {
		const two = (joined.get(word) ?? []).map((pair) => `(${pair.join(" & ")})`);
		return [word, [...readingsOf(word, candidates), ...two]] as const;
	});
	return {
		known: new Set(spellings.filter(({ isKnown }) => isKnown).map(({ word }) => word)),
		readings: new Map(readings.filter(([, meant]) => meant.length > 0)),
	};
}

import type { Slice } from "../../../mixins/paging.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { MAX_CANDIDATES } from "../../contracts/searching.ts";
import type { Facets } from "../../contracts/searching.ts";
import { categoryCounts, priceRanges, stockCounts } from "../domain/facets.ts";
import { exactTerms, knownTerms, readTerms, wordsOf } from "../domain/search-terms.ts";
import type { Readings, Term } from "../domain/search-terms.ts";
import { findListed, findProducts, walkProducts } from "../storage/list.queries.ts";
import type { ListedRow } from "../storage/list.queries.ts";
import type { ProductFilter } from "../storage/product-filters.ts";
import { isRank } from "../storage/product-sorts.ts";
import type { Sort } from "../storage/product-sorts.ts";
import { findCandidates, hasMatch } from "../storage/search.queries.ts";
import type { Candidate } from "../storage/search.queries.ts";
import { spell } from "./spell.ts";

/** What is looked for, and which part of it is wanted. */
export interface Search {
	readonly q: string;
	/** What a list of terms asks of a product. */
	readonly queryOf: (terms: readonly Term[]) => Promise<string>;
	readonly filter: ProductFilter;
	readonly sort: Sort;
	readonly slice: Slice;
}

export interface Outcome {
	/** How many match, counted up to one more than are ranked. */
	readonly total: number;
	/** Of the ranked ones. */
	readonly facets: Facets;
	readonly rows: readonly ListedRow[];
	/** How words were read, where they had to be read otherwise than they were written. */
	readonly readings?: Readings;
}

/**
 * Products that have every word. Only when there is none are words read otherwise: as known words that they are a
 * misspelling or the beginning of, and in the end without those that mean nothing.
 */
export async function findByWords(db: Queryable, search: Search): Promise<Outcome> {
	const words = wordsOf(search.q);
	const exact = await matchesOf(db, search, exactTerms(words));
	if (exact.candidates.length > 0 || (await isNarrowed(db, search, words))) return outcomeOf(db, search, exact);

	const { known, readings } = await spell(db, words);
	const read = await matchesOf(db, search, readTerms(words, readings));
	const hasRead = read.candidates.length > 0;
	const matches = hasRead ? read : await matchesOf(db, search, knownTerms(words, known, readings));
	return { ...(await outcomeOf(db, search, matches)), readings };
}

/** Whether there is something of these very words, which the filters keep away: then nothing else was meant. */
async function isNarrowed(db: Queryable, { filter, queryOf }: Search, words: readonly string[]): Promise<boolean> {
	const { staff, ...narrowing } = filter;
	if (Object.values(narrowing).every((each) => each === undefined)) return false;
	return hasMatch(db, { staff, query: await queryOf(exactTerms(words)) });
}

interface Matches {
	readonly query: string;
	readonly candidates: readonly Candidate[];
}

async function matchesOf(db: Queryable, search: Search, terms: readonly Term[]): Promise<Matches> {
	const { filter, sort, slice } = search;
	const query = await search.queryOf(terms);
	return { query, candidates: await findCandidates(db, { ...filter, query }, sort, slice) };
}

async function outcomeOf(db: Queryable, search: Search, matches: Matches): Promise<Outcome> {
	const { candidates } = matches;
	const facets = facetsOf(candidates.slice(0, MAX_CANDIDATES));
	return { total: candidates.length, facets, rows: await rowsOf(db, search, matches) };
}

/**
 * The page is cut from the candidates, unless there are more than are ranked and another order is wanted: then that
 * order is walked until the page is full, which the more there are the sooner it is.
 */
async function rowsOf(db: Queryable, search: Search, { query, candidates }: Matches): Promise<readonly ListedRow[]> {
	const { sort, slice } = search;
	if (candidates.length > MAX_CANDIDATES && !isRank(sort)) return inOrder(db, search, query);

	const ranked = candidates.slice(0, MAX_CANDIDATES).filter(({ isLater }) => isLater);
	return findListed(db, ranked.slice(slice.offset, slice.offset + slice.limit));
}

async function inOrder(db: Queryable, search: Search, query: string): Promise<readonly ListedRow[]> {
	const { sort, slice } = search;
	const filter = { ...search.filter, query };
	const walked = filter.categoryIds === undefined ? await walkProducts(db, filter, sort, slice) : undefined;
	return walked ?? (await findProducts(db, filter, sort, { ...slice, isCounted: false })).rows;
}

function facetsOf(candidates: readonly Candidate[]): Facets {
	const counted = candidates.map((candidate) => ({ ...candidate, price: Number(candidate.price) }));
	return { categories: categoryCounts(counted), prices: priceRanges(counted), stock: stockCounts(counted) };
}

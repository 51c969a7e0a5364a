import { randomFrom } from "../../bin/trial/random.ts";
import { ListProducts } from "../../services/contracts/products.ts";
import { SearchProducts } from "../../services/contracts/searching.ts";
import type { SearchResult } from "../../services/contracts/searching.ts";
import { quantile } from "../measure/result.ts";
import { BROAD, FILTERS, SORTS } from "./questions.ts";
import type { Shop } from "./shop.ts";
import { EDITS, misspelled } from "./typos.ts";

const SEED = 11;
const ROUNDS = 3;
const SAMPLE = 100;
const PAGE_SIZE = 20;
const DEEP_PAGE = 10_000;
const WALKED_AT_ONCE = 100;
const PAGES_ASKED = 100;

/** How long questions took, in milliseconds. */
export interface Spread {
	readonly p50Ms: number;
	readonly p95Ms: number;
	readonly count: number;
	/** On average. */
	readonly matches: number;
}

/** Products drawn from a catalogue by their numbers. @param name of one, by its number */
export type Names = (number: number) => Promise<string>;

class Times {
	readonly #ms: number[] = [];
	#matches = 0;

	/** @param round of the first one, 0, nothing is kept */
	note(round: number, elapsedMs: number, matches: number): void {
		if (round === 0) return;
		this.#ms.push(elapsedMs);
		this.#matches += matches;
	}

	get spread(): Spread {
		const sorted = this.#ms.toSorted((one, other) => one - other);
		const count = sorted.length;
		return { p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95), count, matches: this.#matches / count };
	}
}

/**
 * Searches for brands, of which each catalogue has as many products, and for one product of them; the catalogues take
 * turns, so that whatever else the machine does happens to all.
 */
export async function equalMatches(shops: readonly Shop[], names: readonly (readonly string[])[]): Promise<Spread[]> {
	const times = shops.map(() => new Times());
	for (const { round, index } of turns(SAMPLE)) {
		for (const [which, shop] of shops.entries()) {
			const q = questionOf(names[which]?.[index] ?? "", round);
			const { answer, elapsedMs } = await shop.ask(SearchProducts, { q });
			times[which]?.note(round, elapsedMs, totalOf(answer));
		}
	}
	return times.map(({ spread }) => spread);
}

/** Every question in every round; the first round, 0, warms up. */
const turns = (questions: number): { readonly round: number; readonly index: number }[] =>
	Array.from({ length: (ROUNDS + 1) * questions }, (_, turn) => ({
		round: Math.floor(turn / questions),
		index: turn % questions,
	}));

/** Its brand, and every other time what it is, too. */
function questionOf(name: string, round: number): string {
	const words = name.split(" ");
	return round % 2 === 1 ? (words[0] ?? "") : `${words[0]} ${words.at(-2)}`;
}

const totalOf = (result: SearchResult): number => ("total" in result ? result.total : result.rows.length);

/** Searches that match more than is ranked, in all orders and with filters. @throws when one of them was not broad */
export async function broad(shop: Shop): Promise<Spread> {
	const times = new Times();
	for (const { round, index } of turns(BROAD.length)) {
		const q = BROAD[index] ?? "";
		const sort = SORTS[(index + round) % SORTS.length] ?? "relevance";
		const { answer, elapsedMs } = await shop.ask(SearchProducts, { q, sort, ...FILTERS[index % FILTERS.length] });
		if (!("total" in answer) || answer.totalIsEstimate !== true || answer.facetsAreApproximate !== true)
			throw new Error(`A search for "${q}" was meant to be broad, and matched only ${totalOf(answer)}.`);
		times.note(round, elapsedMs, answer.total);
	}
	return times.spread;
}

/** The first page beside the ten thousandth of a list, reached by its cursors. */
export async function pages(shop: Shop, sort: "newest" | "price" | "name"): Promise<{ first: Spread; deep: Spread }> {
	const cursor = await cursorBefore(shop, sort);
	const [first, deep] = [new Times(), new Times()];
	for (let time = 0; time <= PAGES_ASKED; time++) {
		const one = await shop.ask(ListProducts, { sort, limit: PAGE_SIZE });
		const other = await shop.ask(ListProducts, { sort, limit: PAGE_SIZE, cursor });
		first.note(time, one.elapsedMs, one.answer.rows.length);
		deep.note(time, other.elapsedMs, other.answer.rows.length);
	}
	return { first: first.spread, deep: deep.spread };
}

async function cursorBefore(shop: Shop, sort: "newest" | "price" | "name"): Promise<string> {
	let cursor: string | undefined;
	for (let read = 0; read < (DEEP_PAGE - 1) * PAGE_SIZE; read += WALKED_AT_ONCE) {
		const { answer } = await shop.ask(ListProducts, { sort, limit: WALKED_AT_ONCE, cursor });
		cursor = "nextCursor" in answer ? (answer.nextCursor ?? undefined) : undefined;
	}
	if (cursor === undefined) throw new Error(`The list by ${sort} ended before its page ${DEEP_PAGE}.`);
	return cursor;
}

/** How many of the misspelled names find their product on the first page, and what those that do not were. */
export async function typos(
	shop: Shop,
	names: readonly string[],
): Promise<{ found: number; missed: string[]; times: Spread }> {
	const random = randomFrom(SEED);
	const times = new Times();
	const missed: string[] = [];
	for (const [index, name] of names.entries()) {
		const q = misspelled(name, EDITS[index % EDITS.length] ?? "swap", random);
		const { answer, elapsedMs } = await shop.ask(SearchProducts, { q });
		times.note(1, elapsedMs, totalOf(answer));
		if (!answer.rows.some((row) => row.name === name)) missed.push(`${q} (${name})`);
	}
	return { found: names.length - missed.length, missed, times: times.spread };
}

/** Names of products drawn from a catalogue. */
export async function sampled(count: number, name: Names): Promise<string[]> {
	const random = randomFrom(SEED);
	const names: string[] = [];
	for (let sample = 0; sample < SAMPLE; sample++) names.push(await name(1 + Math.floor(random() * count)));
	return names;
}

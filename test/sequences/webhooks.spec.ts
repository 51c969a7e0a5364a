import { afterEach, describe, expect, it } from "@jest/globals";
import pLimit from "p-limit";
import { randomInt } from "node:crypto";
import { conduct, play } from "./sequence.ts";
import { openSequenceShop } from "./shop.ts";
import type { SequenceShop } from "./shop.ts";
import { verdict } from "./verdict.ts";

/** How many sequences; CI plays ten thousand. */
const COUNT = Number(process.env.SEQUENCES ?? 300);
const SEED = Number(process.env.SEQUENCES_SEED ?? randomInt(2 ** 31));
/** One of them alone, to look at. */
const ONLY = process.env.SEQUENCE;
const AT_ONCE = 48;
/** Whoever looks for a lost request reads all that the provider made since: with many more that takes longer than a shop waits. */
const A_SHOP = 2_000;
const SAFEGUARDS_OFF = 100;
/** How long a shop may take to its rest; one without its safeguards may never come to it. */
const REST_MS = 60_000;
const REST_WITHOUT_MS = 5_000;

let shop: SequenceShop;
afterEach(() => shop.stop());

const numbersFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

/** What is wrong after these sequences. */
async function run(numbers: readonly number[], restMs: number): Promise<string[]> {
	conduct(shop);
	const limit = pLimit(AT_ONCE);
	await Promise.all(numbers.map((number) => limit(() => play(shop, SEED, number))));
	const restless = await shop.rest(restMs).then(
		() => [],
		(error: unknown) => [String(error)],
	);
	return [...restless, ...(await verdict(shop))];
}

/** What each shop plays: where it begins, and how many. */
const SHARES: readonly (readonly [number, number])[] =
	ONLY === undefined
		? Array.from({ length: Math.ceil(COUNT / A_SHOP) }, (_, index) => [
				index * A_SHOP,
				Math.min(A_SHOP, COUNT - index * A_SHOP),
			])
		: [[Number(ONLY), 1]];

describe(`provider webhooks, duplicated, reordered and delayed (SEQUENCES_SEED=${SEED})`, () => {
	it.each(SHARES)(
		"pains 1 and 2: never charge twice, never without an order, never leave a paid order without stock (from %i on, %i sequences)",
		async (first, count) => {
			shop = await openSequenceShop(Math.ceil(count / 20));
			const wrong = await run(numbersFrom(first, count), REST_MS);

			expect({ seed: SEED, wrong: wrong.slice(0, 20) }).toEqual({ seed: SEED, wrong: [] });
			expect(shop.stub.world.intents.size).toBeGreaterThan(Math.floor(count / 2));
		},
		300_000,
	);

	it("would notice that events are ignored", async () => {
		shop = await openSequenceShop(SAFEGUARDS_OFF);
		Object.assign(shop, { deliver: () => Promise.resolve() });

		expect((await run(numbersFrom(0, SAFEGUARDS_OFF), REST_WITHOUT_MS)).join("\n")).toMatch(
			/keeps \d+ of its customer|ledger/,
		);
	});

	it("would notice that a try is not recognised as the one before, and nobody follows", async () => {
		shop = await openSequenceShop(SAFEGUARDS_OFF);
		shop.stub.remembers = false;
		Object.assign(shop, { deliver: () => Promise.resolve() });
		Object.assign(shop.provider, { find: () => Promise.resolve(undefined) });

		expect((await run(numbersFrom(0, SAFEGUARDS_OFF), REST_WITHOUT_MS)).join("\n")).toMatch(
			/has money held|charged twice/,
		);
	});
});

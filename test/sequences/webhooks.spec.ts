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
const SAFEGUARDS_OFF = 100;
/** How long a shop may take to its rest; one without its safeguards may never come to it. */
const REST_MS = 60_000;
const REST_WITHOUT_MS = 5_000;

let shop: SequenceShop;
afterEach(() => shop.stop());

/** What is wrong after so many sequences, or after one of them. */
async function run(count: number, restMs: number, only?: string): Promise<string[]> {
	conduct(shop);
	const limit = pLimit(AT_ONCE);
	const numbers = only === undefined ? Array.from({ length: count }, (_, index) => index) : [Number(only)];
	await Promise.all(numbers.map((number) => limit(() => play(shop, SEED, number))));
	const restless = await shop.rest(restMs).then(
		() => [],
		(error: unknown) => [String(error)],
	);
	return [...restless, ...(await verdict(shop))];
}

describe(`provider webhooks, duplicated, reordered and delayed (SEQUENCES_SEED=${SEED})`, () => {
	it(`pains 1 and 2: never charge twice, never without an order, never leave a paid order without stock (${COUNT} sequences)`, async () => {
		shop = await openSequenceShop(Math.ceil(COUNT / 20));
		const wrong = await run(COUNT, REST_MS, ONLY);

		expect({ seed: SEED, wrong: wrong.slice(0, 20) }).toEqual({ seed: SEED, wrong: [] });
		expect(shop.stub.world.intents.size).toBeGreaterThan(ONLY === undefined ? COUNT / 2 : 0);
	}, 600_000);

	it("would notice that events are ignored", async () => {
		shop = await openSequenceShop(SAFEGUARDS_OFF);
		Object.assign(shop, { deliver: () => Promise.resolve() });

		expect((await run(SAFEGUARDS_OFF, REST_WITHOUT_MS)).join("\n")).toMatch(/keeps \d+ of its customer|ledger/);
	});

	it("would notice that a try is not recognised as the one before, and nobody follows", async () => {
		shop = await openSequenceShop(SAFEGUARDS_OFF);
		shop.stub.remembers = false;
		Object.assign(shop, { deliver: () => Promise.resolve() });
		Object.assign(shop.provider, { find: () => Promise.resolve(undefined) });

		expect((await run(SAFEGUARDS_OFF, REST_WITHOUT_MS)).join("\n")).toMatch(/has money held|charged twice/);
	});
});

import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { castFor } from "../support/fuzz/casting.ts";
import { fuzz } from "../support/fuzz/fuzz.ts";
import { publishedOperations } from "../support/fuzz/operation.ts";
import { Shop } from "../support/shop.ts";

/** Another seed asks other questions, the same seed the same. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);
const RUNS = Number(process.env.FUZZ_RUNS ?? 1_500);

let shop: Shop;
beforeAll(async () => {
	shop = await Shop.open();
});
afterAll(() => shop.close());

it(`answers ${RUNS} senseless requests to every route with sense (seed ${SEED})`, async () => {
	const operations = await publishedOperations(shop.gateway);
	const casts = await castFor(shop, operations);
	const runs = Math.ceil(RUNS / operations.length);
	const faults: string[] = [];
	const stats: Record<string, Record<number, number>> = {};
	for (const [index, operation] of operations.entries()) {
		const of: Record<number, number> = (stats[`${operation.method} ${operation.path}`] = {});
		const count = (status: number) => {
			of[status] = (of[status] ?? 0) + 1;
		};
		const fault = await fuzz({ gateway: shop.gateway, operation, cast: casts[index]!, seed: SEED, runs, count });
		if (fault !== undefined) faults.push(fault);
	}
	console.log(stats, faults.join("\n\n"));
	expect(faults.length).toEqual(0);
});

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { castFor } from "../support/fuzz/casting.ts";
import { fuzz } from "../support/fuzz/fuzz.ts";
import { publishedOperations } from "../support/fuzz/operation.ts";
import { Shop } from "../support/shop.ts";
import { PLANTED_FAULTS, plantedServer } from "./fuzz/planted-server.ts";

/** Another seed asks other questions, the same seed the same. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);
const RUNS = Number(process.env.FUZZ_RUNS ?? 1_500);
const TIMEOUT_MS = 60_000 + RUNS * 20;
/** Answers of an action that understood what was asked. */
const THROUGH = [200, 201, 202, 204, 304, 402, 409, 412];

describe(`a shop that gets ${RUNS} senseless requests (seed ${SEED})`, () => {
	let shop: Shop;
	const faults: string[] = [];
	const statuses: number[] = [];

	beforeAll(async () => {
		shop = await Shop.open();
		const { gateway } = shop;
		const operations = await publishedOperations(gateway);
		const casts = await castFor(shop, operations);
		const runs = Math.ceil(RUNS / operations.length);
		const count = (status: number) => void statuses.push(status);
		for (const [index, operation] of operations.entries()) {
			const fault = await fuzz({ gateway, operation, cast: casts[index]!, seed: SEED, runs, count });
			if (fault !== undefined) faults.push(fault);
		}
	}, TIMEOUT_MS);
	afterAll(() => shop.close());

	it("answers each with a result or with a well-formed, documented refusal, and tells no secret", () => {
		if (faults.length > 0) throw new Error(faults.join("\n\n"));
	});

	it("was not refused all of them at the door", () => {
		const through = statuses.filter((status) => THROUGH.includes(status));
		expect(through.length / statuses.length).toBeGreaterThan(0.15);
	});

	it("is healthy afterwards", async () => {
		const { status, body } = await shop.send("GET", "/health");
		expect({ status, health: body.status }).toEqual({ status: 200, health: "healthy" });
	});

	it("has kept its stock in balance", async () => {
		expect(await shop.sql("products", "select * from stock_discrepancies")).toEqual([]);
	});
});

describe("the fuzz itself", () => {
	const cast = { tokens: { admin: "a", customer: "c", vendor: "v" }, known: () => [] };
	const find = async (...plant: Parameters<typeof plantedServer>) => {
		const { gateway, operation, close } = await plantedServer(...plant);
		const found = await fuzz({ gateway, operation, cast, seed: SEED, runs: 200, count: () => undefined });
		await close();
		return found;
	};

	it.each(PLANTED_FAULTS)("finds %s", async (_fault, told, answer) => {
		expect(await find(answer)).toContain(told);
	});

	it("finds nothing where nothing is wrong", async () => {
		expect(await find()).toBeUndefined();
	});

	it("shows the simplest request that gets a wrong answer, as a command", async () => {
		const isNegative = (body: string) => /"quantity":-\d/.test(body);
		const found = await find({ status: 500, body: "{}" }, isNegative);
		expect(found).toMatch(
			/the answer is a 500\.\n.*\n {2}curl .* -X POST 'http:.*\/orders'.* --data-binary '\{"quantity":-[\d.e+-]+\}'$/,
		);
	});
});

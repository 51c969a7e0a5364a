import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { countersDatabase } from "../counters.fixture.ts";
import type { CountersDatabase } from "../counters.fixture.ts";
import { holdLease, leaseHolder, releaseLease } from "./lease.ts";

describe("a lease", () => {
	let database: CountersDatabase;
	beforeAll(async () => (database = await countersDatabase()));
	beforeEach(() => database.rows("truncate leases"));
	afterAll(() => database.close());

	const hold = (owner: string) => holdLease(database.db, "spec", owner);

	it("has one holder, whose fence stays while it renews", async () => {
		expect(await hold("a")).toBe(1);
		expect(await hold("b")).toBeUndefined();
		expect(await hold("a")).toBe(1);
	});

	it("goes to one of those who ask at the same time", async () => {
		const fences = await Promise.all(Array.from({ length: 16 }, (_, owner) => hold(String(owner))));

		expect(fences.filter((fence) => fence !== undefined)).toEqual([1]);
	});

	it("goes to another, with a larger fence, once it has expired", async () => {
		await hold("a");
		await database.rows("update leases set expires_at = now() - interval '1 ms'");

		expect(await hold("b")).toBe(2);
		expect(await hold("a")).toBeUndefined();
	});

	it("lasts five seconds", async () => {
		await hold("a");
		const [row] = await database.rows<{ left: number }>(
			"select extract(epoch from expires_at - now())::float as left from leases",
		);

		expect(row?.left).toBeGreaterThan(3);
		expect(row?.left).toBeLessThanOrEqual(5);
	});

	it("goes to another at once when its holder lets go, and only then", async () => {
		await hold("a");
		await releaseLease(database.db, "spec", "b");
		expect(await hold("b")).toBeUndefined();

		await releaseLease(database.db, "spec", "a");
		expect(await hold("b")).toBe(2);
	});

	it("is asked for once a second by a busy owner, and given up when it was lost", async () => {
		let nowMs = 0;
		const holds = leaseHolder(database.db, "spec", "a", () => nowMs);
		expect(await holds()).toBe(1);
		await database.rows("update leases set expires_at = now() - interval '1 ms'");
		await hold("b");

		nowMs = 999;
		expect(await holds()).toBe(1);
		nowMs = 1_000;
		expect(await holds()).toBeUndefined();
	});
});

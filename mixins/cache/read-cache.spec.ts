import { describe, expect, it } from "@jest/globals";
import { ReadCache } from "./read-cache.ts";
import type { ReadCacheOptions } from "./read-cache.ts";

/** A cache on a clock that stands still, and a table that counts how often it was read. */
function keeping(options: Partial<ReadCacheOptions> = {}) {
	const clock = { ms: 0 };
	const asked: string[] = [];
	const cache = new ReadCache({
		...{ maxEntries: 10, ttlMs: 900, nowMs: () => clock.ms, onAsked: (outcome) => void asked.push(outcome) },
		...options,
	});
	const table = { value: "old", reads: 0 };
	const read = async () => {
		table.reads += 1;
		return table.value;
	};
	return { cache, clock, asked, table, get: (key = "lamp") => cache.get(key, read) };
}

describe("what a node keeps of its answers", () => {
	it("is answered without asking again, until its time is over", async () => {
		const { clock, table, get, asked } = keeping();
		await get();
		table.value = "new";
		clock.ms = 899;

		expect(await get()).toBe("old");
		clock.ms = 900;
		expect(await get()).toBe("new");
		expect(asked).toEqual(["miss", "hit", "miss"]);
	});

	it("is of one question each", async () => {
		const { table, get } = keeping();
		await Promise.all([get("lamp"), get("vase")]);

		expect(table.reads).toBe(2);
	});

	it("is asked for once by all who ask at the same time", async () => {
		const { table, get } = keeping();

		expect(await Promise.all([get(), get(), get()])).toEqual(["old", "old", "old"]);
		expect(table.reads).toBe(1);
	});

	it("is as old as its question, not as its answer", async () => {
		const { cache, clock, table, get } = keeping();
		const slow = Promise.withResolvers<string>();
		void cache.get("lamp", () => slow.promise);
		clock.ms = 900;
		table.value = "new";

		expect(await get()).toBe("new");
		slow.resolve("old");
		expect(await get()).toBe("new");
	});

	it("goes when it is forgotten, with others or alone", async () => {
		const { cache, table, get } = keeping();
		await Promise.all([get("lamp"), get("vase")]);
		table.value = "new";
		cache.forget("lamp");
		expect([await get("lamp"), await get("vase")]).toEqual(["new", "old"]);

		cache.forget();
		expect([await get("lamp"), await get("vase")]).toEqual(["new", "new"]);
	});

	it.each([
		["the key", (cache: ReadCache) => cache.forget("lamp")],
		["everything", (cache: ReadCache) => cache.forget()],
	])("is never what was asked before %s was forgotten", async (_what, forget) => {
		const { cache, table, get } = keeping();
		const before = Promise.withResolvers<string>();
		const asker = cache.get("lamp", () => before.promise);
		table.value = "new";
		forget(cache);

		expect(await get()).toBe("new");
		before.resolve("old");
		expect(await asker).toBe("old");
		expect(await get()).toBe("new");
	});

	it("is no failure, and those who waited for it fail with it", async () => {
		const { cache, get } = keeping();
		const failing = () => Promise.reject(new Error("gone"));
		const waiting = [cache.get("lamp", failing), cache.get("lamp", failing)];

		for (const each of waiting) await expect(each).rejects.toThrow("gone");
		expect(await get()).toBe("old");
	});

	it("is not what a failure of an older question takes away", async () => {
		const { cache, table, get } = keeping();
		const older = Promise.withResolvers<string>();
		const failing = cache.get("lamp", () => older.promise);
		cache.forget("lamp");
		await get();
		older.reject(new Error("gone"));

		await expect(failing).rejects.toThrow("gone");
		await get();
		expect(table.reads).toBe(1);
	});

	it("is at most so much: what was used longest ago goes", async () => {
		const { table, get } = keeping({ maxEntries: 2 });
		await get("lamp");
		await get("vase");
		await get("lamp");
		await get("bowl");
		await get("lamp");
		expect(table.reads).toBe(3);

		await get("vase");
		expect(table.reads).toBe(4);
	});

	it("is nothing when it is switched off", async () => {
		const { table, get } = keeping({ ttlMs: 0 });
		await Promise.all([get(), get()]);

		expect(table.reads).toBe(2);
	});
});

import { describe, expect, it } from "@jest/globals";
import { Batches } from "./batches.ts";

/** Work that waits to be let go, and fails while one of these items is in the batch. */
function gated(broken: readonly string[] = []) {
	const batches: string[][] = [];
	const gates: (() => void)[] = [];
	const lanes = new Batches<string>(async (items) => {
		batches.push([...items]);
		await new Promise<void>((resolve) => gates.push(resolve));
		const found = items.find((item) => broken.includes(item));
		if (found !== undefined) throw new Error(`${found} is broken`);
	});
	const next = async () => {
		while (gates.length === 0) await new Promise(setImmediate);
		gates.shift()?.();
	};
	return { lanes, batches, next };
}

describe("batches", () => {
	it("take together what is added together", async () => {
		const { lanes, batches, next } = gated();
		const added = ["a", "b", "c"].map((item) => lanes.add(item));
		await next();
		await Promise.all(added);

		expect(batches).toEqual([["a", "b", "c"]]);
	});

	it("gather what comes while one is worked on, and begin no second beside it", async () => {
		const { lanes, batches, next } = gated();
		const first = lanes.add("a");
		await new Promise(setImmediate);
		await new Promise(setImmediate);
		const later = ["b", "c"].map((item) => lanes.add(item));
		expect(batches).toEqual([["a"]]);
		await next();
		await first;
		await next();
		await Promise.all(later);

		expect(batches).toEqual([["a"], ["b", "c"]]);
	});

	it("hold fifty items at most", async () => {
		const { lanes, batches, next } = gated();
		const added = Array.from({ length: 51 }, (_, index) => lanes.add(String(index)));
		await next();
		await next();
		await Promise.all(added);

		expect(batches.map(({ length }) => length)).toEqual([50, 1]);
	});

	it("do the others when one cannot be done, and tell of that one only", async () => {
		const { lanes, batches, next } = gated(["b"]);
		const settled = Promise.allSettled(["a", "b", "c"].map((item) => lanes.add(item)));
		for (let round = 0; round < 4; round += 1) await next();

		expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
		expect(batches).toEqual([["a", "b", "c"], ["a"], ["b"], ["c"]]);
	});

	it("go on after a failure", async () => {
		const { lanes, next } = gated(["a"]);
		const failed = lanes.add("a");
		const caught = expect(failed).rejects.toThrow("a is broken");
		await next();
		await caught;
		const done = lanes.add("b");
		await next();

		await expect(done).resolves.toBeUndefined();
	});
});

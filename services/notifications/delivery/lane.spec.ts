import { afterEach, describe, expect, it } from "@jest/globals";
import { until } from "../../../test/support/wait.ts";
import { Lane } from "./lane.ts";

interface Item {
	readonly name: number;
	finish: () => void;
}

let lane: Lane<Item, number> | undefined;
afterEach(() => lane?.stop());

/** A lane over so many items, whose attempts end when a spec says so. */
function laneOver(count: number, { room = 3, failures = 0 } = {}) {
	const waiting: Item[] = Array.from({ length: count }, (_, name) => ({ name, finish: () => undefined }));
	const begun: Item[] = [];
	const recorded: number[][] = [];
	let failing = failures;
	lane = new Lane<Item, number>({
		room: () => room,
		take: async (limit) => waiting.splice(0, limit),
		attempt: (item) =>
			new Promise((resolve) => {
				item.finish = () => resolve(item.name);
				begun.push(item);
			}),
		record: async (outcomes) => {
			if ((failing -= 1) >= 0) throw new Error("database is away");
			recorded.push([...outcomes]);
		},
		report: () => undefined,
	});
	lane.start();
	return { begun, recorded, waiting, all: () => recorded.flat().sort((one, other) => one - other) };
}

describe("a lane", () => {
	it("has a bounded number under way, and takes another for each that ends", async () => {
		const { begun, waiting } = laneOver(10);
		await until(() => begun.length === 3);
		begun[1]!.finish();
		await until(() => begun.length === 4);
		expect(waiting).toHaveLength(6);
		for (const item of begun) item.finish();
		await until(() => begun.length === 7);
		for (const item of begun) item.finish();
	});

	it("lets one that hangs keep its own place only", async () => {
		const { begun, all } = laneOver(30);
		await until(() => {
			for (const item of begun) if (item.name !== 0) item.finish();
			return all().length === 29;
		});
		expect(all()).not.toContain(0);
		begun[0]!.finish();
	});

	it("records together what ends together", async () => {
		const { begun, recorded } = laneOver(3);
		await until(() => begun.length === 3);
		for (const item of begun) item.finish();
		await until(() => recorded.length > 0);
		expect(recorded).toEqual([[0, 1, 2]]);
	});

	it("offers outcomes again that could not be recorded, and takes nothing before", async () => {
		const { begun, all, waiting } = laneOver(4, { room: 2, failures: 2 });
		await until(() => begun.length === 2);
		for (const item of begun) item.finish();
		await until(() => all().length === 2);
		await until(() => waiting.length === 0);
		expect(all()).toEqual([0, 1]);
		for (const item of begun) item.finish();
	});

	it("takes nothing while there is no room, and waits for what is under way when it stops", async () => {
		const { begun, all } = laneOver(2, { room: 1 });
		await until(() => begun.length === 1);
		const stopped = lane!.stop();
		begun[0]!.finish();
		await stopped;
		expect([all(), begun.length]).toEqual([[0], 1]);
	});
});

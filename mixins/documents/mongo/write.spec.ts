import { describe, expect, it } from "@jest/globals";
import { entry } from "../things.fixture.ts";
import type { MongoCollection } from "./driver.ts";
import { writeNewer } from "./write.ts";

type Outcome = { readonly upsertedCount: number; readonly matchedCount: number } | Error;

/** Two upserts of one id at the same moment make MongoDB refuse one of them; no server does so on demand. */
function collectionThat(...outcomes: readonly Outcome[]) {
	const asked: unknown[] = [];
	const bulkWrite: MongoCollection["bulkWrite"] = async (operations) => {
		asked.push(operations);
		const outcome = outcomes[asked.length - 1];
		if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error("Asked too often.");
		return outcome;
	};
	return { asked, collection: { bulkWrite } as unknown as MongoCollection };
}

const refused = (...codes: readonly number[]) =>
	Object.assign(new Error("It failed."), {
		code: 11_000,
		writeErrors: codes.map((code, index) => ({ code, index: index + 1 })),
		result: { nInserted: 0, nUpserted: 1, nMatched: 0 },
	});

const entries = [entry("a"), entry("b", 2), entry("c", 3)];

describe("writing what is newer", () => {
	it("asks again, without making one, for what was made at the same moment", async () => {
		const { asked, collection } = collectionThat(refused(11_000, 11_000), { upsertedCount: 0, matchedCount: 1 });

		expect(await writeNewer(collection, entries)).toBe(2);
		expect(asked[1]).toMatchObject([
			{ updateOne: { filter: { _id: "b", version: { $lt: 2 } } } },
			{ updateOne: { filter: { _id: "c", version: { $lt: 3 } } } },
		]);
		expect(JSON.stringify(asked)).toMatch(/"upsert":true.*"upsert":true.*"upsert":true/);
		expect(JSON.stringify(asked[1])).not.toContain("upsert");
	});

	it("goes on in batches that a slow server answers in time", async () => {
		const many = Array.from({ length: 250 }, (_, index) => entry(String(index)));
		const { asked, collection } = collectionThat(
			...[100, 100, 50].map((upsertedCount) => ({ upsertedCount, matchedCount: 0 })),
		);

		expect(await writeNewer(collection, many)).toBe(250);
		expect(asked).toHaveLength(3);
	});

	it("fails when anything else was wrong", async () => {
		const { asked, collection } = collectionThat(refused(11_000, 10_107));

		await expect(writeNewer(collection, entries)).rejects.toThrow("It failed.");
		expect(asked).toHaveLength(1);
		await expect(writeNewer(collectionThat(new Error("Away.")).collection, entries)).rejects.toThrow("Away.");
	});
});

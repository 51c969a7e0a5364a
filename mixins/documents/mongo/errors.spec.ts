import { describe, expect, it } from "@jest/globals";
import { isDuplicate, isMissing, translated } from "./errors.ts";

const error = (given: object): unknown => Object.assign(new Error("It failed."), given);
const busy = expect.objectContaining({ type: "SERVICE_BUSY", retryable: true });

describe("an error of MongoDB", () => {
	it.each([
		{ name: "MongoServerSelectionError" },
		{ name: "MongoNetworkError" },
		{ name: "MongoNetworkTimeoutError" },
		{ name: "MongoWriteConcernError" },
		{ name: "MongoError", code: 10_107, codeName: "NotWritablePrimary" },
		{ name: "MongoError", code: 11_600, codeName: "InterruptedAtShutdown" },
		{ name: "MongoError", code: 175, codeName: "QueryPlanKilled" },
		{ name: "MongoError", errorLabels: ["RetryableWriteError"] },
		{ name: "MongoError", message: "Topology is closed, please connect" },
	])("is worth trying again: %j", (given) => {
		expect(translated(error(given))).toEqual(busy);
	});

	it.each([
		{ name: "MongoError", code: 11_000 },
		{ name: "MongoError", code: 13, codeName: "Unauthorized" },
		{ name: "TypeError" },
	])("stays what it is: %j", (given) => {
		const same = error(given);

		expect(translated(same)).toBe(same);
	});

	it("tells a duplicate, and a collection that is not there", () => {
		expect([isDuplicate(error({ code: 11_000 })), isDuplicate(error({ code: 26 }))]).toEqual([true, false]);
		expect([isMissing(error({ code: 26 })), isMissing(error({ message: "ns not found" }))]).toEqual([true, true]);
		expect(isMissing(error({ code: 11_000 }))).toBe(false);
	});
});

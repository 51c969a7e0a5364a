import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import { deadlines } from "./deadlines.middleware.ts";

const nowMs = 1_000_000;

describe("a command", () => {
	const broker = new ServiceBroker({ logger: false, middlewares: [deadlines(() => nowMs)] });

	beforeAll(() => {
		broker.createService({ name: "scale", actions: { weigh: () => "weighed" } });
		return broker.start();
	});
	afterAll(() => broker.stop());

	const weigh = (meta: object) => broker.call("scale.weigh", {}, { meta });

	it.each([
		["in time", 1],
		["late within the clocks' skew", -500],
	])("begins %s", async (_when, leftMs) => {
		expect(await weigh({ operation: { deadlineMs: nowMs + leftMs } })).toBe("weighed");
	});

	it("does not begin later than that", async () => {
		const late = weigh({ operation: { deadlineMs: nowMs - 501 } });

		await expect(late).rejects.toMatchObject({ type: "DEADLINE_EXCEEDED", code: 503 });
	});

	it("begins whenever it comes when it has no deadline", async () => {
		expect(await weigh({})).toBe("weighed");
	});
});

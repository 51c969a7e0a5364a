import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import type { Context } from "moleculer";
import { z } from "zod";
import { defineAction } from "../services/contracts/action.ts";
import type { DomainError } from "../services/contracts/errors.ts";
import { contracts } from "./contracts.middleware.ts";
import { defineService, internal } from "./define-service.ts";

const nowMs = 1_000_000;

const Weigh = defineAction("scale.weigh", {
	summary: "Weighs.",
	params: z.strictObject({
		grams: z.coerce.number().int().positive(),
		unit: z.string().default("g"),
		label: z.strictObject({ text: z.string() }).optional(),
	}),
	result: z.unknown(),
});

describe("the contracts of a broker", () => {
	const broker = new ServiceBroker({ logger: false, middlewares: [contracts(() => nowMs)] });
	const weigh = (params?: object, meta = {}) => broker.call("scale.weigh", params, { meta });
	const problems = (params?: object) =>
		weigh(params).catch((error: unknown) => {
			const { type, code, data } = error as DomainError;
			return { type, code, ...data };
		});

	beforeAll(async () => {
		broker.createService(
			defineService({
				name: "scale",
				actions: {
					weigh: internal(Weigh, async (ctx) => ctx.params),
					free: (ctx: Context) => ctx.params,
				},
			}),
		);
		await broker.start();
	});
	afterAll(() => broker.stop());

	it("hand the handler the parameters as the contract reads them", async () => {
		expect(await weigh({ grams: "12" })).toEqual({ grams: 12, unit: "g" });
	});

	it("name every field that is wrong", async () => {
		expect(await problems({ grams: -1, unit: 5 })).toMatchObject({
			type: "VALIDATION_FAILED",
			code: 422,
			errors: [{ path: "grams" }, { path: "unit" }],
		});
	});

	it("name unknown fields by their path", async () => {
		expect(await problems({ grams: 1, price: 2, role: "admin", label: { text: "a", size: 1 } })).toMatchObject({
			errors: [
				{ path: "label.size", message: "is not a known field" },
				{ path: "price", message: "is not a known field" },
				{ path: "role", message: "is not a known field" },
			],
		});
	});

	it("refuse a call without parameters as one with none of the fields", async () => {
		expect(await problems()).toMatchObject({ errors: [{ path: "grams" }] });
	});

	it.each([
		["in time", 1, true],
		["late within the clocks' skew", -500, true],
		["later than that", -501, false],
	])("let a command begin: %s", async (_when, leftMs, begins) => {
		const outcome = weigh({ grams: 1 }, { operation: { deadlineMs: nowMs + leftMs } });

		await (begins
			? expect(outcome).resolves.toMatchObject({ grams: 1 })
			: expect(outcome).rejects.toMatchObject({ type: "DEADLINE_EXCEEDED", code: 503 }));
	});

	it("leave actions without a contract alone", async () => {
		const late = { meta: { operation: { deadlineMs: 0 } } };

		expect(await broker.call("scale.free", { anything: 1 }, late)).toEqual({ anything: 1 });
	});
});

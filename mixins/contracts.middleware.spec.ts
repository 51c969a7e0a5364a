import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import type { Context } from "moleculer";
import { z } from "zod";
import { defineAction } from "../services/contracts/action.ts";
import type { DomainError } from "../services/contracts/errors.ts";
import { contracts } from "./contracts.middleware.ts";
import { defineService, internal } from "./define-service.ts";

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
	const broker = new ServiceBroker({ logger: false, middlewares: [contracts()] });
	const weigh = (params?: object) => broker.call("scale.weigh", params);
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

	it("leave actions without a contract alone", async () => {
		expect(await broker.call("scale.free", { anything: 1 })).toEqual({ anything: 1 });
	});
});

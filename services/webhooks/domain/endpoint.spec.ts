import { describe, expect, it } from "@jest/globals";
import { register, revise } from "./endpoint.ts";
import type { Endpoint } from "./endpoint.ts";

const NOW = new Date("2026-03-01T10:00:00.000Z");
const LATER = new Date("2026-03-08T10:00:00.000Z");
const wanted = { url: "https://shop.example/hooks", events: ["order.created"] };
const occasion = { expectedVersion: undefined, now: LATER };
const disabled: Endpoint = {
	...register("e-1", wanted, NOW),
	...{ isActive: false, disabledReason: "failing", failingSince: NOW },
};

describe("an endpoint", () => {
	it("is active from its registration on, unless told", () => {
		expect(register("e-1", wanted, NOW)).toMatchObject({ isActive: true, disabledReason: null, version: 1 });
		const off = register("e-1", { ...wanted, isActive: false }, NOW);
		expect(off).toMatchObject({ isActive: false, disabledReason: "switched_off" });
	});

	it("keeps what a change does not name", () => {
		const revised = revise(register("e-1", { ...wanted, description: "ERP" }, NOW), { events: ["*"] }, occasion);

		expect(revised).toMatchObject({ url: wanted.url, events: ["*"], description: "ERP", version: 2, updatedAt: LATER });
		expect(revise(revised, { description: null }, occasion).description).toBeNull();
	});

	it("begins anew when it is switched on", () => {
		expect(revise(disabled, { isActive: true }, occasion)).toMatchObject({
			...{ isActive: true, disabledReason: null, failingSince: null },
		});
	});

	it("still says why it was disabled when it is switched off once more, or changed", () => {
		expect(revise(disabled, { isActive: false }, occasion).disabledReason).toBe("failing");
		expect(revise(disabled, { url: "https://new.example/" }, occasion)).toMatchObject({ disabledReason: "failing" });
	});

	it("is not changed on a version that nobody has seen", () => {
		expect(() => revise(disabled, {}, { ...occasion, expectedVersion: 7 })).toThrow("has changed since it was read");
		expect(revise(disabled, {}, { ...occasion, expectedVersion: 1 }).version).toBe(2);
	});
});

import { describe, expect, it } from "@jest/globals";
import { expectVersion, ownedBy } from "./access.ts";
import { order } from "./order.fixture.ts";

const mine = order();

describe("expectVersion", () => {
	it("lets the current version pass, and whoever names none", () => {
		expect(expectVersion(mine, 1)).toBe(mine);
		expect(expectVersion(mine, undefined)).toBe(mine);
	});

	it.each([0, 2])("refuses version %d of an order that is at 1, and names the current one", (version) => {
		expect(() => expectVersion(mine, version)).toThrow(
			expect.objectContaining({ type: "PRECONDITION_FAILED", code: 412, data: { currentVersion: 1 } }),
		);
	});
});

describe("ownedBy", () => {
	it("lets the owner pass, and an admin, who is bound to nobody", () => {
		expect(ownedBy(mine, mine.userId)).toBe(mine);
		expect(ownedBy(mine, null)).toBe(mine);
	});

	it("hides the order from anybody else", () => {
		expect(() => ownedBy(mine, "somebody-else")).toThrow(
			expect.objectContaining({ type: "ORDER_NOT_FOUND", code: 404 }),
		);
	});
});

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { happenings, NOW } from "./order.fixture.ts";
import { numberOf, place } from "./place.ts";

const ID = "018f0000-0000-7000-8abc-def012345678";
const quote = {
	currency: "EUR",
	products: [
		{ productId: "cup", name: "Cup", priceCents: 1_050 },
		{ productId: "plate", name: "Plate", priceCents: 333 },
		{ productId: "house", name: "House", priceCents: 999_999_999 },
	],
};
const basket = (...items: [productId: string, quantity: number][]) => ({
	userId: "u-1",
	items: items.map(([productId, quantity]) => ({ productId, quantity })),
	paymentId: null,
});
const placed = (...items: [string, number][]) => place(ID, basket(...items), quote, NOW);

describe("place", () => {
	it("makes a pending order at the quoted prices, in whole cents", () => {
		const { state } = placed(["cup", 2], ["plate", 3]);

		expect(state).toMatchObject({
			id: ID,
			userId: "u-1",
			status: "pending",
			paymentStatus: "unpaid",
			totalCents: 3_099,
		});
		expect(state.lines).toEqual([
			{ productId: "cup", name: "Cup", quantity: 2, unitCents: 1_050 },
			{ productId: "plate", name: "Plate", quantity: 3, unitCents: 333 },
		]);
		expect([state.createdAt, state.updatedAt]).toEqual([NOW, NOW]);
	});

	it("sums lines of the same product, in the order they were first named", () => {
		expect(placed(["plate", 1], ["cup", 2], ["plate", 4]).state.lines).toMatchObject([
			{ productId: "plate", quantity: 5 },
			{ productId: "cup", quantity: 2 },
		]);
	});

	it("is one fact, and a second one when it is paid at once", () => {
		const paidAtOnce = place(ID, { ...basket(["cup", 1]), paymentId: "p-1" }, quote, NOW);

		expect(happenings(placed(["cup", 1]))).toEqual(["placed"]);
		expect(happenings(paidAtOnce)).toEqual(["placed", "paymentStarted"]);
		expect(paidAtOnce.state).toMatchObject({ paymentId: "p-1", isBeingPaid: true, version: 2 });
	});

	it("tells nobody", () => {
		expect(placed(["cup", 1]).events).toEqual([]);
	});

	it("names every product that has no quote, once", () => {
		expect(() => placed(["cup", 1], ["ghost", 1], ["phantom", 1], ["ghost", 2])).toThrow(
			expect.objectContaining({
				type: "PRODUCT_UNAVAILABLE",
				code: 409,
				data: { productIds: ["ghost", "phantom"] },
			}),
		);
	});

	it("refuses a basket that costs more than one payment may be, and says so", () => {
		const refusal = { path: "items", message: "cost more than 9999999.99 EUR together; order less at once" };

		expect(placed(["house", 1]).state.totalCents).toBe(999_999_999);
		expect(() => placed(["house", 1], ["cup", 1])).toThrow(
			expect.objectContaining({ type: "VALIDATION_FAILED", code: 422, data: { errors: [refusal] } }),
		);
	});

	it("adds up to the cent, whatever is ordered", () => {
		const item = fc.tuple(fc.constantFrom("cup", "plate"), fc.integer({ min: 1, max: 4_000 }));

		fc.assert(
			fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), (items) => {
				const { totalCents, lines } = placed(...items).state;
				const expected = items.reduce((sum, [name, quantity]) => sum + quantity * (name === "cup" ? 1_050 : 333), 0);

				expect(totalCents).toBe(expected);
				expect(lines.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0)).toBe(expected);
			}),
		);
	});
});

describe("numberOf", () => {
	it("is ten digits that nobody misreads", () => {
		fc.assert(
			fc.property(fc.uuid({ version: 7 }), (id) => /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/.test(numberOf(id))),
		);
	});

	it.each([
		["018f0000-0000-7000-8000-000000000000", "00000-00000"],
		["018f0000-0000-7000-8000-00000000001f", "00000-0000Z"],
		["018f0000-0000-7000-8003-ffffffffffff", "ZZZZZ-ZZZZZ"],
	])("reads the 50 bits at the end of %s as %s", (id, number) => {
		expect(numberOf(id)).toBe(number);
	});
});

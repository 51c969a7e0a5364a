import { describe, expect, it } from "@jest/globals";
import { shapeOf } from "./same-answers.ts";

describe("the shape of an answer", () => {
	it("keeps fields and types, and forgets ids and times", () => {
		const order = { id: "1", totalAmount: 10.5, items: [{ quantity: 1 }], paymentId: null, isPaid: true };

		expect(shapeOf(order)).toEqual(shapeOf({ ...order, id: "2", totalAmount: 3, items: [{ quantity: 9 }] }));
		expect(shapeOf(order)).not.toEqual(shapeOf({ ...order, paymentId: "p" }));
		expect(shapeOf(order)).not.toEqual(shapeOf({ ...order, items: [] }));
		expect(shapeOf(order)).not.toEqual(shapeOf({ ...order, more: 1 }));
	});
});

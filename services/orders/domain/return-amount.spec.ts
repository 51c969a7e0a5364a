import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Line } from "./facts.ts";
import { delivered, NOW } from "./order.fixture.ts";
import type { Order } from "./order.ts";
import { recordRefund } from "./refund.ts";
import { acceptReturn, completeReturn, requestReturn } from "./return.ts";

/** How staff gives back money without goods, and customers give back goods, in any order. */
type Turn =
	| { readonly kind: "refund"; readonly share: number }
	| { readonly kind: "return"; readonly line: number; readonly quantity: number; readonly isHeardFirst: boolean };

const line = fc.record({ quantity: fc.integer({ min: 1, max: 7 }), unitCents: fc.integer({ min: 0, max: 9_999 }) });
const lines = fc
	.array(line, { minLength: 1, maxLength: 6 })
	.map((given) => given.map((each, index): Line => ({ ...each, productId: `product ${index}`, name: "Thing" })));
const refund = fc.record({ kind: fc.constant("refund" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) });
const giveBack = fc.record({
	kind: fc.constant("return" as const),
	line: fc.nat(5),
	quantity: fc.integer({ min: 1, max: 7 }),
	isHeardFirst: fc.boolean(),
});
const turns = fc.array(fc.oneof({ weight: 1, arbitrary: refund }, { weight: 4, arbitrary: giveBack }), {
	maxLength: 20,
});

const bought = (given: readonly Line[]): Order =>
	delivered({
		lines: given,
		totalCents: given.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0),
	});
const left = (order: Order, productId: string): number => {
	const quantity = order.lines.find((each) => each.productId === productId)?.quantity ?? 0;
	const taken = order.returns.flatMap((one) => one.lines).filter((each) => each.productId === productId);
	return taken.reduce((rest, each) => rest - each.quantity, quantity);
};

interface Shop {
	readonly order: Order;
	/** What each return gave back. */
	readonly given: readonly number[];
}

function settle({ order, given }: Shop, items: { productId: string; quantity: number }[] | undefined, heard = false) {
	const id = `r-${order.returns.length}`;
	const accepted = acceptReturn(requestReturn(order, id, items, NOW).state, id, true, NOW).state;
	const cents = accepted.returns.at(-1)?.amountCents ?? 0;
	const told = { paymentId: "p-1", amountCents: cents, reason: `return ${id}` };
	const before = heard && cents > 0 ? recordRefund(accepted, told, NOW).state : accepted;
	const done = completeReturn(before, id, cents, NOW).state;
	return { order: cents > 0 ? recordRefund(done, told, NOW).state : done, given: [...given, cents] };
}

function played(shop: Shop, turn: Turn): Shop {
	const { order } = shop;
	if (order.status === "returned") return shop;
	if (turn.kind === "refund") {
		const amountCents = Math.floor(turn.share * (order.totalCents - order.refundedCents));
		if (amountCents === 0) return shop;
		return { ...shop, order: recordRefund(order, { paymentId: "p-1", amountCents, reason: "sorry" }, NOW).state };
	}
	const { productId } = order.lines[turn.line % order.lines.length]!;
	const quantity = Math.min(turn.quantity, left(order, productId));
	return quantity === 0 ? shop : settle(shop, [{ productId, quantity }], turn.isHeardFirst);
}

const lived = (given: readonly Line[], all: readonly Turn[]): Shop =>
	all.reduce(played, { order: bought(given), given: [] });
const wholly = (shop: Shop): Shop => (shop.order.status === "returned" ? shop : settle(shop, undefined));
const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);

describe("pain 17: refund arithmetic", () => {
	it("sums to the whole over any returns and refunds: the last return gets the rest", () => {
		fc.assert(
			fc.property(lines, turns, (given, all) => {
				const { order } = wholly(lived(given, all));
				expect(order.status).toBe("returned");
				expect(order.refundedCents).toBe(order.totalCents);
			}),
			{ numRuns: 300 },
		);
	});

	it("gives back nothing negative, and never more than the units cost", () => {
		fc.assert(
			fc.property(lines, turns, (given, all) => {
				const shop = wholly(lived(given, all));
				for (const [index, cents] of shop.given.entries()) {
					const price = new Map(given.map(({ productId, unitCents }) => [productId, unitCents]));
					const units = shop.order.returns[index]!.lines;
					const worth = sum(units.map(({ productId, quantity }) => quantity * price.get(productId)!));
					expect(cents >= 0 && cents <= worth).toBe(true);
				}
			}),
		);
	});

	it("gives back what the units cost, in whatever order they come, where nothing else was refunded", () => {
		fc.assert(
			fc.property(lines, fc.array(giveBack, { maxLength: 20 }), (given, all) => {
				const shop = lived(given, all);
				for (const [index, cents] of shop.given.entries()) {
					const { productId, quantity } = shop.order.returns[index]!.lines[0]!;
					expect(cents).toBe(quantity * given.find((each) => each.productId === productId)!.unitCents);
				}
			}),
		);
	});

	it("does not depend on the order in which the units of one return are named", () => {
		fc.assert(
			fc.property(lines, fc.double({ min: 0, max: 1, noNaN: true }), (given, share) => {
				const shop = lived(given, [{ kind: "refund", share }]);
				const items = given.map(({ productId }) => ({ productId, quantity: 1 }));
				const amount = (named: typeof items) => settle(shop, named).given.at(-1);
				expect(amount(items.toReversed())).toBe(amount(items));
			}),
		);
	});

	it("lowers what is left in proportion by what staff gave back otherwise", () => {
		const [cup, plate] = delivered().lines as [Line, Line];
		const half: Shop = { order: delivered({ refundedCents: 1_525, paymentStatus: "partially_refunded" }), given: [] };
		const first = settle(half, [{ productId: cup.productId, quantity: 1 }]);
		const last = settle(first, undefined);

		expect(first.given).toEqual([cup.unitCents / 2]);
		expect(last.given.at(-1)).toBe((cup.unitCents + plate.unitCents) / 2);
	});
});

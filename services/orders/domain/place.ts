import { ValidationFailed } from "../../contracts/errors.ts";
import { MAX_AMOUNT, toMinor } from "../../contracts/money.ts";
import { ProductUnavailable } from "../../contracts/orders.ts";
import type { Quote } from "../../contracts/products.ts";
import { happened } from "./decision.ts";
import type { Decision } from "./decision.ts";
import type { Line } from "./facts.ts";
import { unborn } from "./order.ts";

export interface Basket {
	readonly userId: string;
	readonly items: readonly { readonly productId: string; readonly quantity: number }[];
	/** Set when the order is paid at once. */
	readonly paymentId: string | null;
}

/**
 * A new order at the quoted prices; the same product on two lines becomes one.
 *
 * @throws ProductUnavailable naming the products that have no quote
 * @throws ValidationFailed when they cost more than one payment may be
 */
export function place(id: string, { userId, items, paymentId }: Basket, quote: Quote, at: string): Decision {
	const { currency } = quote;
	const lines = priced(items, quote);
	const totalCents = totalOf(lines, currency);
	const placed = { type: "placed", userId, number: numberOf(id), currency, lines, totalCents } as const;
	const payment = paymentId === null ? [] : [{ type: "paymentStarted", paymentId } as const];
	return happened(unborn(id), at, placed, ...payment);
}

function priced(items: Basket["items"], { products }: Quote): Line[] {
	const quantities = summed(items);
	const quoted = new Map(products.map((product) => [product.productId, product]));
	const unavailable = [...quantities.keys()].filter((productId) => !quoted.has(productId));
	if (unavailable.length > 0) throw new ProductUnavailable({ productIds: unavailable });

	return [...quantities].flatMap(([productId, quantity]) => {
		const product = quoted.get(productId);
		return product ? [{ productId, name: product.name, quantity, unitCents: product.priceCents }] : [];
	});
}

function summed(items: Basket["items"]): Map<string, number> {
	const sums = new Map<string, number>();
	for (const { productId, quantity } of items) sums.set(productId, (sums.get(productId) ?? 0) + quantity);
	return sums;
}

function totalOf(lines: readonly Line[], currency: string): number {
	const totalCents = lines.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0);
	if (totalCents <= toMinor(MAX_AMOUNT, currency)) return totalCents;

	const message = `cost more than ${MAX_AMOUNT} ${currency} together; order less at once`;
	throw new ValidationFailed({ errors: [{ path: "items", message }] });
}

/** Crockford's base 32: no letter is taken for a digit on the phone. */
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The number people read out: the 50 random bits at the end of the id as `7F3KQ-2MX9A`. */
export function numberOf(id: string): string {
	let bits = BigInt(`0x${id.replaceAll("-", "").slice(-13)}`) & ((1n << 50n) - 1n);
	let digits = "";
	for (let index = 0; index < 10; index++) {
		digits = DIGITS.charAt(Number(bits & 31n)) + digits;
		bits >>= 5n;
	}
	return `${digits.slice(0, 5)}-${digits.slice(5)}`;
}

import type { Answer } from "../../tour/shop-client.ts";
import { cancelOrder, payOrder, placeOrder, refundPart } from "../../trial/requests.ts";
import type { AccessToken, Basket, Shop } from "../../trial/requests.ts";

/** What one customer is going to do; decided before, so that a seed repeats it. */
export interface Visit {
	readonly key: string;
	readonly basket: Basket;
	/** The order is sent twice at once. */
	readonly isDoubled: boolean;
	/** An order without a payment method is paid later, or left alone until its hold ends. */
	readonly isPaidLater: boolean;
	readonly isCancelled: boolean;
	/** Staff gives this many cents back. */
	readonly refundCents: number;
}

export function visitOf(key: string, productIds: readonly string[], random: () => number): Visit {
	const pick = () => productIds[Math.floor(random() * productIds.length)] ?? "";
	const items = [
		{ productId: pick(), quantity: 1 + Math.floor(random() * 3) },
		{ productId: pick(), quantity: 1 },
	];
	const dice = random();
	const paymentMethod = dice < 0.6 ? "pm_card_visa" : dice < 0.75 ? "pm_card_chargeDeclined" : undefined;
	const isCancelled = random() < 0.15;
	return {
		key,
		basket: { items, paymentMethod },
		isDoubled: random() < 0.15,
		isPaidLater: random() < 0.85,
		isCancelled,
		refundCents: !isCancelled && random() < 0.2 ? 1 + Math.floor(random() * 50) : 0,
	};
}

/** Does it all, whatever breaks meanwhile. */
export async function pay(shop: Shop, token: AccessToken, staff: AccessToken, visit: Visit): Promise<void> {
	const { key, basket, isDoubled, isPaidLater, isCancelled, refundCents } = visit;
	const answer = await placeOrder(shop, token, key, basket, isDoubled);
	if (answer.status !== 201) return;

	const orderId = String(answer.body.id);
	const later = basket.paymentMethod === undefined && isPaidLater;
	const paid = later ? await payOrder(shop, token, key, orderId) : answer;
	if (isCancelled) await cancelOrder(shop, token, key, orderId);
	const paymentId = refundCents > 0 ? paymentOf(paid, later) : undefined;
	if (paymentId !== undefined) await refundPart(shop, staff, key, paymentId, refundCents / 100);
}

/** The payment that was captured with this answer. */
function paymentOf({ status, body }: Answer, isPayment: boolean): string | undefined {
	if (status !== 201) return undefined;
	if (isPayment) return String(body.id);
	return body.paymentStatus === "paid" ? String(body.paymentId) : undefined;
}

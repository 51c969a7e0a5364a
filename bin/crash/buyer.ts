import { cancelOrder, payOrder, placeOrder, register } from "../trial/requests.ts";
import type { AccessToken, Shop } from "../trial/requests.ts";

export interface Buyer extends Shop {
	readonly random: () => number;
	readonly productIds: readonly string[];
	/** Aborted when no new orders are wanted; those begun are still brought to their end. */
	readonly signal: AbortSignal;
}

/** Buys again and again; every request is repeated with its key until its answer is definite. */
export async function buy(buyer: Buyer, name: string): Promise<void> {
	const token = await register(buyer, name);
	for (let number = 1; !buyer.signal.aborted; number++) await visit(buyer, token, `${name}-${number}`);
}

/** One order of a random kind: paid, declined, paid later, or cancelled afterwards. */
async function visit(buyer: Buyer, token: AccessToken, key: string): Promise<void> {
	const dice = buyer.random();
	const paymentMethod = dice < 0.6 ? "pm_card_visa" : dice < 0.7 ? "pm_card_chargeDeclined" : undefined;
	const answer = await placeOrder(buyer, token, key, { items: itemsOf(buyer), paymentMethod });
	const orderId = String(answer.body.id ?? answer.body.orderId);
	if (answer.status >= 300) return;

	if (paymentMethod === undefined) await payOrder(buyer, token, key, orderId);
	if (buyer.random() < 0.2) await cancelOrder(buyer, token, key, orderId);
}

function itemsOf({ productIds, random }: Buyer) {
	const pick = () => productIds[Math.floor(random() * productIds.length)] ?? "";
	return [
		{ productId: pick(), quantity: 1 + Math.floor(random() * 3) },
		{ productId: pick(), quantity: 1 },
	];
}

import { Shop } from "./shop.ts";
import type { Person } from "./shop.ts";

/** A shop in which something has happened: two customers, of whom one has ordered, and two vendors with a product each. */
export interface FurnishedShop {
	readonly shop: Shop;
	readonly admin: Person;
	readonly ada: Person;
	readonly eve: Person;
	readonly vera: Person;
	readonly victor: Person;
	readonly productOfVera: string;
	readonly productOfVictor: string;
	/** Ordered one of vera's, confirmed and paid. */
	readonly orderOfEve: string;
	readonly paymentOfEve: string;
	/** Ordered one of vera's, not yet paid. */
	readonly pendingOfEve: string;
}

/** The Idempotency-Key of Eve's confirmed order. */
export const KEY_OF_EVE = "eve-1";
export const PRICE = 19.99;
export const STOCK = 1_000;

export async function openFurnishedShop(env: NodeJS.ProcessEnv = {}): Promise<FurnishedShop> {
	const shop = await Shop.open(env);
	const [admin, ada, eve, vera, victor] = await shop.people(["admin", "customer", "customer", "vendor", "vendor"]);
	const productOfVera = await created(shop, vera, "/products", productOf("Vera's bowl", "BOWL-1"));
	const productOfVictor = await created(shop, victor, "/products", productOf("Victor's cup", "CUP-1"));
	const basket = { items: [{ productId: productOfVera.id, quantity: 1 }], shippingAddress: "1 Main Street" };
	const pending = await created(shop, eve, "/orders", basket);
	const paid = { ...basket, paymentMethod: "pm_card_visa" };
	const order = await created(shop, eve, "/orders", paid, { "idempotency-key": KEY_OF_EVE });

	return {
		...{ shop, admin, ada, eve, vera, victor },
		productOfVera: String(productOfVera.id),
		productOfVictor: String(productOfVictor.id),
		orderOfEve: String(order.id),
		paymentOfEve: String(order.paymentId),
		pendingOfEve: String(pending.id),
	};
}

const productOf = (name: string, sku: string) => ({ name, sku, price: PRICE, stockQuantity: STOCK });

async function created(shop: Shop, { token }: Person, path: string, body: object, headers = {}) {
	const answer = await shop.send("POST", path, { token, body, headers });
	if (answer.status !== 201) throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
	return answer.body;
}

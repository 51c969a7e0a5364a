import type { FurnishedShop } from "../../support/furnished-shop.ts";
import type { Person } from "../../support/shop.ts";
import type { WireRequest } from "../../support/wire.ts";

/** A rule, a request that breaks it, and the refusal it gets. */
export type Case = readonly [
	rule: string,
	ask: (at: FurnishedShop) => WireRequest | Promise<WireRequest>,
	status: number,
	code: string,
];

export const JSON_TYPE = { "content-type": "application/json" };

export const by = ({ token }: Person) => ({ authorization: `Bearer ${token}` });

/** A request of somebody, with a JSON body when one is given. */
export function request(who: Person, method: string, path: string, body?: unknown, headers: object = {}): WireRequest {
	const sent = body === undefined ? {} : { body: JSON.stringify(body) };
	return { method, path, headers: { ...by(who), ...(body !== undefined && JSON_TYPE), ...headers }, ...sent };
}

/** An order that would be placed, but for what is changed. */
export const basketOf = ({ productOfVera }: FurnishedShop, change: object = {}) => ({
	items: [{ productId: productOfVera, quantity: 1 }],
	shippingAddress: "1 Main Street",
	paymentMethod: "pm_card_visa",
	...change,
});

/** Ada's order, but for what is changed. */
export const place = (change: object) => (at: FurnishedShop) =>
	request(at.ada, "POST", "/orders", basketOf(at, change));

/** Ada's order of this quantity. */
export const placeQuantity = (quantity: unknown) => (at: FurnishedShop) =>
	request(at.ada, "POST", "/orders", basketOf(at, { items: [{ productId: at.productOfVera, quantity }] }));

export const UNKNOWN_ID = "01980000-0000-7000-8000-000000000000";

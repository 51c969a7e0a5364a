import { decodeJwt, generateKeyPair, SignJWT } from "jose";
import type { CryptoKey, JWTPayload, KeyObject } from "jose";
import type { FurnishedShop } from "../../support/furnished-shop.ts";
import { basketOf, JSON_TYPE, request } from "./case.ts";
import type { Case } from "./case.ts";

const ANONYMOUS = [401, "UNAUTHENTICATED"] as const;
const HOUR_S = 3_600;
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Ada's order, whoever this says is asking. */
const bearing =
	(authorization: (at: FurnishedShop) => string | Promise<string>): Case[1] =>
	async (at) => ({
		method: "POST",
		path: "/orders",
		headers: { ...JSON_TYPE, authorization: await authorization(at) },
		body: JSON.stringify(basketOf(at)),
	});

const nowS = () => Math.floor(Date.now() / 1_000);

/** What Ada's token says, with an hour to live, but for what is changed. */
const claimsOf = ({ ada }: FurnishedShop, change: object): JWTPayload => ({
	...decodeJwt(ada.token),
	exp: nowS() + HOUR_S,
	...change,
});

/** A token that the shop itself signs, but for other claims. */
const signed = (change: (at: FurnishedShop) => object) =>
	bearing(async (at) => `Bearer ${await sign(at, claimsOf(at, change(at)), (await at.shop.signingKey()).privateKey)}`);

async function sign(at: FurnishedShop, claims: JWTPayload, key: CryptoKey | KeyObject): Promise<string> {
	const { kid, alg } = (await at.shop.signingKey()).publicJwk;
	return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
}

const unsigned = (alg: string) =>
	bearing(async (at) => {
		const { kid } = (await at.shop.signingKey()).publicJwk;
		return `Bearer ${base64url({ alg, kid })}.${base64url(claimsOf(at, {}))}.`;
	});

const withPublicKeyAsSecret = bearing(async (at) => {
	const { kid, x } = (await at.shop.signingKey()).publicJwk;
	const token = new SignJWT(claimsOf(at, {})).setProtectedHeader({ alg: "HS256", kid });
	return `Bearer ${await token.sign(Buffer.from(x, "base64url"))}`;
});

const withAnotherKey = bearing(async (at) => {
	const { privateKey } = await generateKeyPair("EdDSA");
	return `Bearer ${await sign(at, claimsOf(at, {}), privateKey)}`;
});

const altered = bearing(({ ada, eve }) => {
	const [header = "", , signature = ""] = ada.token.split(".");
	return `Bearer ${header}.${base64url({ ...decodeJwt(ada.token), sub: eve.userId })}.${signature}`;
});

/** Tokens that prove nothing. */
export const TOKENS: readonly Case[] = [
	["nobody", () => ({ method: "POST", path: "/orders", headers: JSON_TYPE, body: "{}" }), ...ANONYMOUS],
	["somebody with a password in the header", bearing(() => "Basic YWRtaW46YWRtaW4="), ...ANONYMOUS],
	["somebody with nonsense", bearing(() => "Bearer nonsense"), ...ANONYMOUS],
	["somebody with a token of 4 kB", bearing(({ ada }) => `Bearer ${ada.token}${"A".repeat(4_096)}`), ...ANONYMOUS],
	["an unsigned token", unsigned("none"), ...ANONYMOUS],
	["an unsigned token that says it is signed", unsigned("EdDSA"), ...ANONYMOUS],
	["a token signed with the public key as a secret", withPublicKeyAsSecret, ...ANONYMOUS],
	["a token signed with another key", withAnotherKey, ...ANONYMOUS],
	["an altered token", altered, ...ANONYMOUS],
	["an expired token", signed(() => ({ exp: nowS() - 60 })), ...ANONYMOUS],
	["a token that never expires", signed(() => ({ exp: undefined })), ...ANONYMOUS],
	["a token for another shop", signed(() => ({ aud: "elsewhere" })), ...ANONYMOUS],
	["a token of another issuer", signed(() => ({ iss: "elsewhere" })), ...ANONYMOUS],
	["a token of another's session", signed(({ eve }) => ({ sub: eve.userId })), ...ANONYMOUS],
	["a token of no session", signed(() => ({ sid: undefined })), ...ANONYMOUS],
];

const NOT_FOUND = [404, "NOT_FOUND"] as const;
const ORDER = [404, "ORDER_NOT_FOUND"] as const;
const PRODUCT = [404, "PRODUCT_NOT_FOUND"] as const;

/** What belongs to somebody else does not exist. */
export const FOREIGN: readonly Case[] = [
	["reads another's order", (at) => request(at.ada, "GET", `/orders/${at.orderOfEve}`), ...ORDER],
	["reads another's order as a vendor", (at) => request(at.vera, "GET", `/orders/${at.orderOfEve}`), ...ORDER],
	["reads its history", (at) => request(at.ada, "GET", `/orders/${at.orderOfEve}/events`), ...ORDER],
	["cancels it", (at) => request(at.ada, "POST", `/orders/${at.orderOfEve}/cancel`, {}), ...ORDER],
	["deletes it", (at) => request(at.ada, "DELETE", `/orders/${at.orderOfEve}`), ...ORDER],
	[
		"pays it",
		(at) => request(at.ada, "POST", "/payments/process", { orderId: at.pendingOfEve, paymentMethod: "pm_card_visa" }),
		...ORDER,
	],
	["reads its payment", (at) => request(at.ada, "GET", `/payments/${at.paymentOfEve}`), 404, "PAYMENT_NOT_FOUND"],
	["reads another's profile", (at) => request(at.ada, "GET", `/users/${at.eve.userId}`), ...NOT_FOUND],
	["changes it", (at) => request(at.ada, "PUT", `/users/${at.eve.userId}`, { firstName: "Eva" }), ...NOT_FOUND],
	["closes the account", (at) => request(at.ada, "DELETE", `/users/${at.eve.userId}`), ...NOT_FOUND],
	["lists another's orders", (at) => request(at.ada, "GET", `/users/${at.eve.userId}/orders`), ...NOT_FOUND],
	["lists them by the other path", (at) => request(at.ada, "GET", `/orders/user/${at.eve.userId}`), ...NOT_FOUND],
	["lists another's payments", (at) => request(at.ada, "GET", `/payments/user/${at.eve.userId}`), ...NOT_FOUND],
	[
		"changes another vendor's product",
		(at) => request(at.vera, "PUT", `/products/${at.productOfVictor}`, { price: 0.01 }),
		...PRODUCT,
	],
	["deletes it", (at) => request(at.vera, "DELETE", `/products/${at.productOfVictor}`), ...PRODUCT],
	["reads its stock", (at) => request(at.vera, "GET", `/inventory/${at.productOfVictor}`), ...PRODUCT],
	["reads its movements", (at) => request(at.vera, "GET", `/inventory/${at.productOfVictor}/movements`), ...PRODUCT],
	[
		"moves its stock",
		(at) => request(at.vera, "PUT", `/inventory/${at.productOfVictor}`, { adjust: -1, reason: "mine" }),
		...PRODUCT,
	],
];

const FORBIDDEN = [403, "FORBIDDEN"] as const;

/** What one's role may not do. */
export const ROLES: readonly Case[] = [
	[
		"gives himself a role",
		(at) => request(at.ada, "PUT", `/users/${at.ada.userId}/role`, { role: "admin" }),
		...FORBIDDEN,
	],
	[
		"gives himself a role",
		(at) => request(at.vera, "PUT", `/users/${at.vera.userId}/role`, { role: "admin" }),
		...FORBIDDEN,
	],
	[
		"refunds a payment",
		(at) => request(at.eve, "POST", "/payments/refund", { paymentId: at.paymentOfEve, reason: "mine" }),
		...FORBIDDEN,
	],
	[
		"moves an order along",
		(at) => request(at.eve, "PUT", `/orders/${at.orderOfEve}/status`, { status: "shipped" }),
		...FORBIDDEN,
	],
	[
		"puts a product on sale",
		(at) => request(at.ada, "POST", "/products", { name: "x", sku: "x", price: 1 }),
		...FORBIDDEN,
	],
	["takes a product off sale", (at) => request(at.ada, "DELETE", `/products/${at.productOfVera}`), ...FORBIDDEN],
	["adds a category", (at) => request(at.vera, "POST", "/products/categories", { name: "Mine" }), ...FORBIDDEN],
	["reads the stock", (at) => request(at.ada, "GET", `/inventory/${at.productOfVera}`), ...FORBIDDEN],
];

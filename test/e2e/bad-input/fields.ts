import type { FurnishedShop } from "../../support/furnished-shop.ts";
import { JSON_TYPE, place, placeQuantity, request, UNKNOWN_ID } from "./case.ts";
import type { Case } from "./case.ts";

const INVALID = [422, "VALIDATION_FAILED"] as const;

/** Somebody new who sends this too. */
const register = (change: object) => () => ({
	method: "POST",
	path: "/auth/register",
	headers: JSON_TYPE,
	body: JSON.stringify({ email: "new@example.com", password: "correct horse battery", ...change }),
});

const login = (body: object) => () => ({
	method: "POST",
	path: "/auth/login",
	headers: JSON_TYPE,
	body: JSON.stringify(body),
});

const profile = (change: object) => (at: FurnishedShop) => request(at.ada, "PUT", `/users/${at.ada.userId}`, change);

const product = (change: object) => (at: FurnishedShop) =>
	request(at.vera, "POST", "/products", { name: "Plate", sku: "PLATE-1", price: 5, ...change });

const reprice = (change: object) => (at: FurnishedShop) =>
	request(at.vera, "PUT", `/products/${at.productOfVera}`, change);

const stock = (change: object) => (at: FurnishedShop) =>
	request(at.vera, "PUT", `/inventory/${at.productOfVera}`, { reason: "counted", ...change });

const refund = (change: object) => (at: FurnishedShop) =>
	request(at.admin, "POST", "/payments/refund", { paymentId: at.paymentOfEve, reason: "broken", ...change });

const line = (change: object) => (at: FurnishedShop) =>
	place({ items: [{ productId: at.productOfVera, quantity: 1, ...change }] })(at);

const lines = (count: number) => (at: FurnishedShop) =>
	place({ items: Array.from({ length: count }, () => ({ productId: at.productOfVera, quantity: 1 })) })(at);

/** A hundred times ten thousand bowls. */
const dear = ({ productOfVera: productId }: FurnishedShop) =>
	Array.from({ length: 100 }, () => ({ productId, quantity: 10_000 }));

/** Baskets that are nothing to sell. */
export const BASKETS: readonly Case[] = [
	["that is empty", place({ items: [] }), ...INVALID],
	["that is missing", place({ items: undefined }), ...INVALID],
	["that is not a list", place({ items: { 0: { quantity: 1 } } }), ...INVALID],
	["of more than 100 lines", lines(101), ...INVALID],
	["of none", placeQuantity(0), ...INVALID],
	["of less than none", placeQuantity(-1), ...INVALID],
	["of one and a half", placeQuantity(1.5), ...INVALID],
	["of more than anybody orders", placeQuantity(10_001), ...INVALID],
	["of more than a number can count", placeQuantity(2 ** 53), ...INVALID],
	["of a number written as text", placeQuantity("1"), ...INVALID],
	["of null", placeQuantity(null), ...INVALID],
	["of something that has no id", line({ productId: "BOWL-1" }), ...INVALID],
	["of something unknown", line({ productId: UNKNOWN_ID }), 409, "PRODUCT_UNAVAILABLE"],
	["of more money than an order can cost", (at) => place({ items: dear(at) })(at), ...INVALID],
	["to nowhere", place({ shippingAddress: undefined }), ...INVALID],
	["to half an address", place({ shippingAddress: { line1: "1 Main Street" } }), ...INVALID],
	["to an address with a NUL character", place({ shippingAddress: "1\u0000 Main Street" }), ...INVALID],
	["to an address with half a character", place({ shippingAddress: "1 Main Street \ud83d" }), ...INVALID],
	["paid with a card number", place({ paymentMethod: "4242424242424242" }), ...INVALID],
];

/** What the server decides, and a client would like to. */
export const DECIDED: readonly Case[] = [
	["its total", place({ totalAmount: 0.01 }), ...INVALID],
	["the price of a line", line({ unitPrice: 0.01 }), ...INVALID],
	["its status", place({ status: "confirmed" }), ...INVALID],
	["its owner", (at) => place({ userId: at.eve.userId })(at), ...INVALID],
	["its number", place({ id: UNKNOWN_ID }), ...INVALID],
	["the role of a new account", register({ role: "admin" }), ...INVALID],
	["the hash of its password", register({ password_hash: "x" }), ...INVALID],
	["the role of one's own account", profile({ role: "admin" }), ...INVALID],
	["whether one's own account is open", profile({ isActive: true }), ...INVALID],
	["whose profile it is, by the body", (at) => profile({ id: at.eve.userId })(at), ...INVALID],
	["the currency of a product", product({ currency: "USD" }), ...INVALID],
	["the version of a product", product({ version: 7 }), ...INVALID],
	["that it is another vendor's", (at) => product({ vendorId: at.victor.userId })(at), ...INVALID],
	["the stock of a product that exists", reprice({ stockQuantity: 5 }), ...INVALID],
];

/** Values that no field takes. */
export const VALUES: readonly Case[] = [
	["an email without an at sign", register({ email: "new.example.com" }), ...INVALID],
	["an email of 300 characters", register({ email: `${"a".repeat(288)}@example.com` }), ...INVALID],
	["a password of 7 characters", register({ password: "7 chars" }), ...INVALID],
	["a password of 129 characters", register({ password: "x".repeat(129) }), ...INVALID],
	["a username with spaces", register({ username: "ada lovelace" }), ...INVALID],
	["a first name with a NUL character", register({ firstName: "Ada\u0000" }), ...INVALID],
	["an address with half a character", profile({ address: "\ud83d Street" }), ...INVALID],
	["a locale with half a character", profile({ preferences: { locale: "\ud83d" } }), ...INVALID],
	["an operator in place of an email", login({ email: { $gt: "" }, password: "x" }), ...INVALID],
	["an operator in place of a password", login({ email: "admin@example.com", password: { $ne: "" } }), ...INVALID],
	["both an email and a username", login({ email: "a@example.com", username: "ada", password: "x" }), ...INVALID],
	["an unknown field", profile({ nickname: "Countess" }), ...INVALID],
	["a negative price", product({ price: -1 }), ...INVALID],
	["a price with three decimals", product({ price: 10.999 }), ...INVALID],
	["a price beyond all prices", product({ price: 1e300 }), ...INVALID],
	["a price as text", product({ price: "5" }), ...INVALID],
	["a SKU of spaces", product({ sku: "   " }), ...INVALID],
	["a SKU of 101 characters", product({ sku: "x".repeat(101) }), ...INVALID],
	["a picture that is a script", product({ images: ["javascript:alert(1)"] }), ...INVALID],
	["half a unit of stock", product({ stockQuantity: 0.5 }), ...INVALID],
	["a category that is unknown", product({ categoryId: UNKNOWN_ID }), 404, "CATEGORY_NOT_FOUND"],
	["stock below nothing", stock({ onHand: -1 }), ...INVALID],
	["stock set and moved at once", stock({ onHand: 1, adjust: 1 }), ...INVALID],
	["stock below what is reserved", stock({ onHand: 0 }), 409, "STOCK_BELOW_RESERVED"],
	["more stock than can be counted", stock({ adjust: 1e12 }), ...INVALID],
	["a refund of nothing", refund({ amount: 0 }), ...INVALID],
	["a negative refund", refund({ amount: -5 }), ...INVALID],
	["a refund of half a cent", refund({ amount: 0.005 }), ...INVALID],
	["a refund of more than was paid", refund({ amount: 20 }), 409, "REFUND_TOO_LARGE"],
	["a refund of an unknown payment", refund({ paymentId: UNKNOWN_ID }), 404, "PAYMENT_NOT_FOUND"],
	["an email that is taken, in capitals", register({ email: "ADMIN@Example.COM" }), 409, "EMAIL_TAKEN"],
	["a SKU that is taken, in lower case", product({ sku: "cup-1" }), 409, "SKU_TAKEN"],
	["a SKU that is taken, for a product of one's own", reprice({ sku: "Cup-1" }), 409, "SKU_TAKEN"],
];

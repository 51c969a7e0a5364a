import { KEY_OF_EVE } from "../../support/furnished-shop.ts";
import type { FurnishedShop } from "../../support/furnished-shop.ts";
import { basketOf, place, request, UNKNOWN_ID } from "./case.ts";
import type { Case } from "./case.ts";

const INVALID = [422, "VALIDATION_FAILED"] as const;
const NOWHERE = [404, "NOT_FOUND"] as const;
const MALFORMED = [400, "MALFORMED_REQUEST"] as const;
const WRONG_METHOD = [405, "METHOD_NOT_ALLOWED"] as const;
const STALE = [412, "PRECONDITION_FAILED"] as const;

const get = (path: string) => () => ({ method: "GET", path });
const asked = (method: string, path: string) => (at: FurnishedShop) => request(at.admin, method, path);
const listed = (query: string) => (at: FurnishedShop) => request(at.ada, "GET", `/orders?${query}`);
const aRow = ({ shop }: FurnishedShop) => shop.send("GET", "/products?limit=1");

/** Paths that lead nowhere. */
export const PATHS: readonly Case[] = [
	["that is unknown", get("/nowhere"), ...NOWHERE],
	["that climbs", get("/products/../users"), ...NOWHERE],
	["that climbs in disguise", get("/%2e%2e/%2e%2e/etc/passwd"), ...NOWHERE],
	["with an empty segment", get("/products//categories"), ...NOWHERE],
	["that names an action", get("/users/checkSession/x"), ...NOWHERE],
	["with broken escapes", get("/products/%zz"), ...MALFORMED],
	["whose escapes are not UTF-8", get("/products/%e0%a4%41"), ...MALFORMED],
	["with a NUL character", get("/products/%00"), ...INVALID],
	["with an id that is none", get("/products/1%20or%201=1"), ...INVALID],
	["with an id of an object", get("/products/[object%20Object]"), ...INVALID],
	["with an id of 8,000 characters", get(`/products/${"9".repeat(8_000)}`), ...INVALID],
	["of 20,000 characters", get(`/products/${"9".repeat(20_000)}`), 431, "HEADERS_TOO_LARGE"],
	["asked to PATCH", asked("PATCH", "/products"), ...WRONG_METHOD],
	["asked to DELETE a list", asked("DELETE", "/orders"), ...WRONG_METHOD],
	["asked to TRACE", asked("TRACE", "/products"), ...WRONG_METHOD],
	["asked to POST to the documents", asked("POST", "/openapi.json"), ...WRONG_METHOD],
];

/** Questions that make no sense. */
export const QUERIES: readonly Case[] = [
	["the page before the first", listed("page=0"), ...INVALID],
	["the page before the first of the catalogue", get("/products?page=-1"), ...INVALID],
	["no rows of the catalogue", get("/products?pageSize="), ...INVALID],
	["a page that is no number", listed("page=first"), ...INVALID],
	["half a page", listed("page=1.5"), ...INVALID],
	["a thousand rows at once", listed("pageSize=1000"), ...INVALID],
	["a page beyond 10,000 rows", listed("page=501&pageSize=20"), ...INVALID],
	["a page beyond all rows", listed("page=9007199254740991"), ...INVALID],
	["a page and a cursor", listed("page=1&limit=5"), ...INVALID],
	["a cursor that nobody gave", listed("cursor=bm9ib2R5"), ...INVALID],
	["a cursor with a NUL character", listed("cursor=%00"), ...INVALID],
	[
		"the cursor of another filter",
		async (at) => {
			const { nextCursor } = (await aRow(at)).body;
			return { method: "GET", path: `/products?categoryId=${UNKNOWN_ID}&cursor=${String(nextCursor)}` };
		},
		...INVALID,
	],
	[
		"the cursor of another list",
		async (at) => request(at.ada, "GET", `/orders?cursor=${String((await aRow(at)).body.nextCursor)}`),
		...INVALID,
	],
	["an operator", listed("q[$gt]=1"), ...INVALID],
	["an operator on a filter", listed("status[$ne]=pending"), ...INVALID],
	["a status that orders do not have", listed("status=lost"), ...INVALID],
	["two statuses", listed("status=pending&status=confirmed"), ...INVALID],
	["a day that is none", listed("from=yesterday"), ...INVALID],
	["a prototype", listed("__proto__=1"), ...INVALID],
	["a constructor", listed("constructor=1"), ...INVALID],
	["an order in the query", (at) => ({ ...place({})(at), path: "/orders?paymentMethod=pm_card_visa" }), ...INVALID],
];

const keyed =
	(key: string, change: object = {}) =>
	(at: FurnishedShop) => {
		const asking = place(change)(at);
		return { ...asking, headers: { ...asking.headers, "idempotency-key": key } };
	};

const renamed = (ifMatch: string) => (at: FurnishedShop) =>
	request(at.vera, "PUT", `/products/${at.productOfVera}`, { name: "Vera's vase" }, { "if-match": ifMatch });

/** Header fields that say something impossible. */
export const HEADERS: readonly Case[] = [
	["an idempotency key of 300 characters", keyed("k".repeat(300)), ...INVALID],
	["an empty idempotency key", keyed(""), ...INVALID],
	["an idempotency key with a space", keyed("a key"), ...INVALID],
	["an idempotency key outside ASCII", keyed("schl\u00fcssel"), ...INVALID],
	[
		"an idempotency key that was sent with another order",
		(at) =>
			request(at.eve, "POST", "/orders", basketOf(at, { billingAddress: "2 Side Street" }), {
				"idempotency-key": KEY_OF_EVE,
			}),
		422,
		"IDEMPOTENCY_KEY_REUSED",
	],
	["an If-Match without quotes", renamed("1"), ...STALE],
	["an If-Match of another version", renamed('"99.abc"'), ...STALE],
	["a weak If-Match", renamed('W/"1.abc"'), ...STALE],
	["an If-Match of nonsense", renamed("\u00ff\u00fe"), ...STALE],
	[
		"a stale If-Match on a profile",
		(at) => request(at.ada, "PUT", `/users/${at.ada.userId}`, { firstName: "Ada" }, { "if-match": '"99.abc"' }),
		...STALE,
	],
	[
		"a stale If-Match when closing an account",
		(at) => request(at.ada, "DELETE", `/users/${at.ada.userId}`, undefined, { "if-match": '"99.abc"' }),
		...STALE,
	],
	[
		"a stale If-Match when cancelling an order",
		(at) => request(at.eve, "DELETE", `/orders/${at.orderOfEve}`, undefined, { "if-match": '"99.abc"' }),
		...STALE,
	],
	[
		"header fields of 20 kB",
		() => ({ method: "GET", path: "/products", headers: { cookie: "x".repeat(20_000) } }),
		431,
		"HEADERS_TOO_LARGE",
	],
];

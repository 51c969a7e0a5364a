import type { FurnishedShop } from "../../support/furnished-shop.ts";
import { basketOf, by, JSON_TYPE } from "./case.ts";
import type { Case } from "./case.ts";

const TWO_MEGABYTES = 2 * 1024 * 1024;
const NOT_UTF8 = Buffer.concat([Buffer.from('{"shippingAddress":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);

const raw =
	(body: string | Buffer, headers: object = JSON_TYPE) =>
	({ ada }: FurnishedShop) => ({ method: "POST", path: "/orders", headers: { ...by(ada), ...headers }, body });

/** A good order that says it is something else. */
const as = (headers: object) => (at: FurnishedShop) => raw(JSON.stringify(basketOf(at)), headers)(at);

/** What no field can be read from. */
export const BODIES: readonly Case[] = [
	["that breaks off", raw('{"items":['), 400, "MALFORMED_JSON"],
	["with single quotes", raw("{'items':[]}"), 400, "MALFORMED_JSON"],
	["of two documents", raw("{}{}"), 400, "MALFORMED_JSON"],
	["with a number that JSON does not have", raw('{"items":[{"quantity":NaN}]}'), 400, "MALFORMED_JSON"],
	["that is not UTF-8", raw(NOT_UTF8), 400, "MALFORMED_JSON"],
	["with a __proto__ key", raw('{"__proto__":{"role":"admin"}}'), 400, "MALFORMED_JSON"],
	["with an escaped __proto__ key", raw('{"\\u005f_proto__":{"role":"admin"}}'), 400, "MALFORMED_JSON"],
	["with a __proto__ key deep inside", raw('{"items":[{"a":{"__proto__":{}}}]}'), 400, "MALFORMED_JSON"],
	["with a constructor key", raw('{"constructor":{"prototype":{"role":"admin"}}}'), 400, "MALFORMED_JSON"],
	["that is missing", raw(""), 422, "VALIDATION_FAILED"],
	["that is a list", raw("[]"), 422, "VALIDATION_FAILED"],
	["that is a text", raw('"order"'), 422, "VALIDATION_FAILED"],
	["that is a number", raw("42"), 422, "VALIDATION_FAILED"],
	["that is null", raw("null"), 422, "VALIDATION_FAILED"],
	["that nests 40 deep", raw(`{"items":${"[".repeat(40)}${"]".repeat(40)}}`), 422, "VALIDATION_FAILED"],
	["that nests 400,000 deep", raw(`{"items":${"[".repeat(4e5)}${"]".repeat(4e5)}}`), 422, "VALIDATION_FAILED"],
	["of 2 MB", raw(`{"items":"${"x".repeat(TWO_MEGABYTES)}"}`), 413, "BODY_TOO_LARGE"],
	[
		"of 2 MB that does not say how long it is",
		raw(`{"items":"${"x".repeat(TWO_MEGABYTES)}"}`, { ...JSON_TYPE, "transfer-encoding": "chunked" }),
		413,
		"BODY_TOO_LARGE",
	],
	["that says it is text", as({ "content-type": "text/plain" }), 415, "UNSUPPORTED_MEDIA_TYPE"],
	[
		"that says it is a form",
		as({ "content-type": "application/x-www-form-urlencoded" }),
		415,
		"UNSUPPORTED_MEDIA_TYPE",
	],
	["that does not say what it is", as({}), 415, "UNSUPPORTED_MEDIA_TYPE"],
	["in another encoding", as({ "content-type": "application/json; charset=utf-16" }), 415, "UNSUPPORTED_MEDIA_TYPE"],
	["that says it is compressed", as({ ...JSON_TYPE, "content-encoding": "gzip" }), 415, "UNSUPPORTED_MEDIA_TYPE"],
];

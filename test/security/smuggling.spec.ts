import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { speak } from "../support/gateway.ts";
import { Shop } from "../support/shop.ts";

let shop: Shop;
beforeAll(async () => {
	shop = await Shop.open();
});
afterAll(() => shop.close());

/** What a proxy in front would believe to be a body, and a careless server a request of its own. */
const HIDDEN = "GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n";
const post = (fields: readonly string[], body: string, end = "\r\n") =>
	["POST /auth/login HTTP/1.1", "Host: shop", "Content-Type: application/json", ...fields, "", body].join(end);
const chunked = (body: string) => post(["Transfer-Encoding: chunked"], body);
const get = (line: string, ...fields: readonly string[]) => [line, ...fields, "", ""].join("\r\n");

/** Requests that two servers in a row could end at different places. */
const SMUGGLED: Readonly<Record<string, string>> = {
	"CL.TE": post(["Content-Length: 6", "Transfer-Encoding: chunked"], `0\r\n\r\n${HIDDEN}`),
	"TE.CL": post(["Transfer-Encoding: chunked", "Content-Length: 4"], `5c\r\n${HIDDEN}\r\n0\r\n\r\n`),
	"TE.TE, one of them unknown": post(["Transfer-Encoding: chunked", "Transfer-Encoding: x"], `0\r\n\r\n${HIDDEN}`),
	"TE.TE in one field": post(["Transfer-Encoding: chunked, cow"], `0\r\n\r\n${HIDDEN}`),
	"an encoding that is almost chunked": post(["Transfer-Encoding: xchunked"], `0\r\n\r\n${HIDDEN}`),
	"chunked that is not the last encoding": post(["Transfer-Encoding: chunked, identity"], `0\r\n\r\n${HIDDEN}`),
	"an encoding behind a vertical tab": post(["Transfer-Encoding: \u000bchunked"], `0\r\n\r\n${HIDDEN}`),
	"an encoding with a space before its colon": post(["Transfer-Encoding : chunked"], `0\r\n\r\n${HIDDEN}`),
	"an encoding on a folded line": post(["Transfer-Encoding:", " chunked"], `0\r\n\r\n${HIDDEN}`),
	"a field on a folded line": post(["X-Thing: a", " b: c", "Content-Length: 2"], `{}${HIDDEN}`),
	"a length twice": post(["Content-Length: 2", "Content-Length: 2"], `{}${HIDDEN}`),
	"two lengths": post(["Content-Length: 2", "Content-Length: 60"], `{}${HIDDEN}`),
	"two lengths in one field": post(["Content-Length: 2, 60"], `{}${HIDDEN}`),
	"two lengths in other letters": post(["content-length: 2", "CONTENT-LENGTH: 60"], `{}${HIDDEN}`),
	"a length with a sign": post(["Content-Length: +2"], `{}${HIDDEN}`),
	"a length below nothing": post(["Content-Length: -2"], `{}${HIDDEN}`),
	"a hexadecimal length": post(["Content-Length: 0x2"], `{}${HIDDEN}`),
	"a length that is too long": post([`Content-Length: ${"9".repeat(40)}`], `{}${HIDDEN}`),
	"a length with a space before its colon": post(["Content-Length : 2"], `{}${HIDDEN}`),
	"a length of no digits": post(["Content-Length: "], `{}${HIDDEN}`),
	"lines that end in a bare LF": post(["Content-Length: 2"], `{}${HIDDEN}`, "\n"),
	"a field that ends in a bare LF": `POST /auth/login HTTP/1.1\r\nHost: shop\r\nX: a\nContent-Length: 2\r\n\r\n{}${HIDDEN}`,
	"a field with a bare CR": post(["X: a\rContent-Length: 60", "Content-Length: 2"], `{}${HIDDEN}`),
	"a field name with a control character": post(["Content\u0001Length: 60", "Content-Length: 2"], `{}${HIDDEN}`),
	"a field without a name": post([": nothing", "Content-Length: 2"], `{}${HIDDEN}`),
	"a hexadecimal chunk size with a prefix": chunked(`0x2\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
	"a chunk size below nothing": chunked(`-2\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
	"a chunk size that is none": chunked(`zz\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
	"a chunk size that overflows": chunked(`fffffffffffffffff2\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
	"a chunk longer than it says": chunked(`1\r\n{}\r\n0\r\n\r\n${HIDDEN}`),
	"a chunk that ends in a bare LF": chunked(`2\r\n{}\n0\r\n\r\n${HIDDEN}`),
	"a chunk size that ends in a bare LF": chunked(`2\n{}\r\n0\r\n\r\n${HIDDEN}`),
	"an extension of a chunk with a bare LF": chunked(`2;a\n{}\r\n0\r\n\r\n${HIDDEN}`),
	"an address that names another server": get("GET http://elsewhere/health HTTP/1.1", "Host: shop") + HIDDEN,
	"an address that names this server": get("GET http://shop/health HTTP/1.1", "Host: shop") + HIDDEN,
	"an address without a path": get("GET health HTTP/1.1", "Host: shop") + HIDDEN,
	"a tunnel": get("CONNECT elsewhere:443 HTTP/1.1", "Host: elsewhere:443") + HIDDEN,
	"no host": get("GET /health HTTP/1.1") + HIDDEN,
	"two hosts": get("GET /health HTTP/1.1", "Host: shop", "Host: elsewhere") + HIDDEN,
	"a version of its own": get("GET /health HTTP/1.2", "Host: shop") + HIDDEN,
	"no version": get("GET /health", "Host: shop") + HIDDEN,
};

const portOf = () => Number(new URL(shop.gateway).port);

describe("a request with", () => {
	it.each(Object.keys(SMUGGLED))("%s is answered 400, and its connection closed before the next", async (kind) => {
		const answer = await speak(portOf(), SMUGGLED[kind]!);
		expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 400"]);
		expect(answer).toMatch(/\r\nConnection: close\r\n/i);
		expect(answer).toContain('"code":"MALFORMED_REQUEST"');
	});

	it("header fields that are too large is answered 431, and its connection closed before the next", async () => {
		const answer = await speak(
			portOf(),
			get("GET /health HTTP/1.1", "Host: shop", `X: ${"x".repeat(20_000)}`) + HIDDEN,
		);
		expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 431"]);
	});

	it("nothing wrong is followed by the next on the same connection", async () => {
		const last = HIDDEN.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
		const answer = await speak(portOf(), HIDDEN + post(["Content-Length: 2"], "{}") + last);
		expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 422", "HTTP/1.1 200"]);
	});
});

const HOST = "Host: shop";
const order = (...fields: string[]) => ["POST /orders HTTP/1.1", HOST, ...fields, "", ""].join("\r\n");
const question = (line: string, ...fields: string[]) => [line, HOST, ...fields, "", ""].join("\r\n");

/** What a parser chokes on, and what two parsers in a row could understand differently. */
export const GARBAGE: readonly (readonly [what: string, bytes: string])[] = [
	["a greeting", "HELLO\r\n\r\n"],
	["a TLS handshake", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"],
	["a method that is none", question("GE T /products HTTP/1.1")],
	["a path with a space", question("GET /products /1 HTTP/1.1")],
	["a version that is none", question("GET /products HTTP/9.9")],
	["a field without a colon", question("GET /products HTTP/1.1", "nonsense")],
	["a field name with a space", question("GET /products HTTP/1.1", "X-Thing : 1")],
	["a field with a NUL character", question("GET /products HTTP/1.1", "X-Thing: a\u0000b")],
	["two lengths", `${order("Content-Length: 2", "Content-Length: 3")}{}`],
	["a negative length", `${order("Content-Length: -1")}{}`],
	["a length and chunks at once", `${order("Content-Length: 2", "Transfer-Encoding: chunked")}0\r\n\r\n`],
	["chunks in another order", `${order("Transfer-Encoding: chunked, identity")}0\r\n\r\n`],
];

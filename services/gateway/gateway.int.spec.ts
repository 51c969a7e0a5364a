import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { generateKeyPair, SignJWT } from "jose";
import { action, defineService, internal } from "../../mixins/define-service.ts";
import { speak, signWith, KID, startShop } from "../../test/support/gateway.ts";
import type { Shop } from "../../test/support/gateway.ts";
import { until } from "../../test/support/wait.ts";
import { OutOfStock } from "../contracts/inventory.ts";
import { GetPayment, PaymentDeclined } from "../contracts/payments.ts";
import { ping } from "../contracts/platform.ts";
import { OPEN } from "../contracts/policy.ts";
import { problemOf } from "../contracts/problem.ts";
import { EmailTaken } from "../contracts/users.ts";
import type { Authenticator } from "./auth/authenticator.ts";
import { usersAuthenticator } from "./auth/users.ts";
import type { Gateway } from "./gateway.context.ts";

const ADA = "01980000-0000-7000-8000-0000000000a1";
const EVE = "01980000-0000-7000-8000-0000000000e1";
const PRODUCT = "01980000-0000-7000-8000-0000000000b1";
const ORDER = "01980000-0000-7000-8000-0000000000c1";
const JSON_TYPE = { "content-type": "application/json" };
const BASKET = { items: [{ productId: PRODUCT, quantity: 1 }], shippingAddress: "Somewhere 1" };
const logFile = join(mkdtempSync(join(tmpdir(), "stoa-gateway-")), "logs", "requests.log");

let shop: Shop;
let ada: string;
let admin: string;
let vendor: string;

beforeAll(async () => {
	shop = await startShop({ CORS_ORIGINS: "https://shop.example", REQUEST_LOG: logFile });
	ada = await shop.signIn(ADA, "customer");
	admin = await shop.signIn(EVE, "admin");
	vendor = await shop.signIn("01980000-0000-7000-8000-0000000000d1", "vendor");
});

afterAll(() => shop.stop());

const own = ["users.jwks", "users.checkSession"];
afterEach(() => {
	for (const name of shop.stubs.keys()) if (!own.includes(name)) shop.stubs.delete(name);
});

/** Lets an action answer, and remembers with what it was called. */
function answering(name: string, result: unknown, meta: object = {}) {
	const calls: { params: Record<string, unknown>; meta: Record<string, unknown> }[] = [];
	shop.stubs.set(name, (ctx: { params: object; meta: object }) => {
		calls.push({ params: { ...ctx.params }, meta: { ...ctx.meta } });
		Object.assign(ctx.meta, meta);
		if (result instanceof Error) throw result;
		return result;
	});
	return calls;
}

const get = (path: string, headers: Record<string, string> = {}) => fetch(shop.url + path, { headers });
const as = (token: string) => ({ authorization: `Bearer ${token}` });

function send(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
	const text = typeof body === "string" ? body : JSON.stringify(body);
	return fetch(shop.url + path, { method, body: text, headers: { ...JSON_TYPE, ...headers } });
}

async function problem(response: Promise<Response> | Response) {
	const answer = await response;
	expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
	const body = (await answer.json()) as Record<string, unknown>;
	expect(body).toMatchObject({ status: answer.status, requestId: answer.headers.get("x-request-id") });
	expect(body).toMatchObject({ type: expect.stringMatching(/^urn:stoa:problem:/), title: expect.any(String) });
	expect(body.detail).toEqual(expect.any(String));
	return { status: answer.status, code: body.code, body, headers: answer.headers };
}

describe("an answer", () => {
	it("is the action's result with its length, an id and security headers", async () => {
		answering("products.categories", { rows: [], nextCursor: null });
		const answer = await get("/products/categories");
		expect(answer.status).toBe(200);
		expect(await answer.text()).toBe('{"rows":[],"nextCursor":null}');
		expect(Object.fromEntries(answer.headers)).toMatchObject({
			"content-type": "application/json; charset=utf-8",
			"content-length": "29",
			"cache-control": "no-cache",
			"x-request-id": expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
			"x-content-type-options": "nosniff",
			"x-frame-options": "DENY",
			"content-security-policy": expect.stringContaining("default-src 'none'"),
		});
		for (const name of ["x-powered-by", "strict-transport-security"]) expect(answer.headers.get(name)).toBeNull();
	});

	it("keeps a harmless request id, which becomes the correlation id, and replaces any other", async () => {
		let requestId: unknown;
		shop.stubs.set("products.categories", ((ctx: { requestID: string }) => {
			requestId = ctx.requestID;
			return { rows: [], nextCursor: null };
		}) as never);
		const kept = await get("/products/categories", { "x-request-id": "mine-1.2" });
		expect([kept.headers.get("x-request-id"), requestId]).toEqual(["mine-1.2", "mine-1.2"]);
		const replaced = await get("/products/categories", { "x-request-id": "a b", "x-correlation-id": "<x>" });
		expect(replaced.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
		expect(requestId).toBe(replaced.headers.get("x-request-id"));
	});

	it.each([
		["users.register", "/auth/register", { user: { id: ADA } }, `/users/${ADA}`],
		["users.register", "/users/register", { user: { id: ADA } }, `/users/${ADA}`],
	])("of %s at %s is 201 with the location of what it created", async (name, path, result, location) => {
		answering(name, result);
		const answer = await send("POST", path, { email: "a@b.example", password: "long enough" });
		expect([answer.status, answer.headers.get("location")]).toEqual([201, location]);
		expect(answer.headers.get("cache-control")).toBe("no-store");
	});

	it("has the status that the action sets, with the location still", async () => {
		answering("orders.place", { id: ORDER }, { $statusCode: 202 });
		const answer = await send("POST", "/orders", BASKET, as(ada));
		expect([answer.status, answer.headers.get("location")]).toEqual([202, `/orders/${ORDER}`]);
	});

	it("is 204 without a body when there is no result", async () => {
		const answer = await fetch(`${shop.url}/users/${ADA}`, { method: "DELETE", headers: as(ada) });
		expect([answer.status, await answer.text()]).toEqual([204, ""]);
		expect(answer.headers.get("content-type")).toBeNull();
	});

	it("to HEAD is that to GET without its body", async () => {
		answering("products.get", { id: PRODUCT }, { $version: 3 });
		const [whole, head] = await Promise.all([
			get(`/products/${PRODUCT}`),
			fetch(`${shop.url}/products/${PRODUCT}`, { method: "HEAD" }),
		]);
		expect(head.status).toBe(200);
		expect(await head.text()).toBe("");
		for (const name of ["etag", "content-length", "content-type"]) {
			expect(head.headers.get(name)).toBe(whole.headers.get(name));
		}
	});

	it("is the same with a trailing slash, declared or not", async () => {
		answering("orders.list", { rows: [], nextCursor: null });
		answering("products.categories", { rows: [], nextCursor: null });
		for (const path of ["/orders", "/orders/", "/products/categories/"]) {
			expect((await get(path, as(ada))).status).toBe(200);
		}
	});
});

describe("an ETag", () => {
	const path = `/products/${PRODUCT}`;

	it("changes with the version and with the body", async () => {
		const tags = [];
		for (const [stock, version] of [
			[1, 3],
			[2, 3],
			[2, 4],
			[2, 4],
		] as const) {
			answering("products.get", { id: PRODUCT, stock }, { $version: version });
			tags.push((await get(path)).headers.get("etag"));
		}
		expect(tags[0]).toMatch(/^"3\.[\w-]{16}"$/);
		expect(new Set(tags).size).toBe(3);
		expect(tags[2]).toBe(tags[3]);
	});

	it("answers 304 without a body while nothing has changed", async () => {
		answering("products.get", { id: PRODUCT }, { $version: 3 });
		const etag = (await get(path)).headers.get("etag")!;
		const answer = await get(path, { "if-none-match": `"1.x", W/${etag}` });
		expect([answer.status, await answer.text(), answer.headers.get("etag")]).toEqual([304, "", etag]);
		expect((await get(path, { "if-none-match": '"3.other"' })).status).toBe(200);
	});

	it("does not make a write a question", async () => {
		answering("products.update", { id: PRODUCT }, { $version: 3 });
		const answer = await send("PUT", path, { name: "x" }, { ...as(vendor), "if-none-match": "*" });
		expect(answer.status).toBe(200);
	});

	it("is not made for what has no version", async () => {
		answering("products.categories", { rows: [], nextCursor: null });
		expect((await get("/products/categories")).headers.get("etag")).toBeNull();
	});

	it("names the version of a write in If-Match", async () => {
		const calls = answering("products.update", { id: PRODUCT }, { $version: 4 });
		const answer = await send("PUT", path, { name: "x" }, { ...as(vendor), "if-match": '"3.abc"' });
		expect([answer.status, calls[0]?.meta.expectedVersion]).toEqual([200, 3]);
		expect(answer.headers.get("etag")).toMatch(/^"4\./);
		await send("PUT", path, { name: "x" }, { ...as(vendor), "if-match": "*" });
		expect(calls[1]?.meta).not.toHaveProperty("expectedVersion");
	});

	it("that can never match is 412, and nothing is called", async () => {
		const calls = answering("products.update", { id: PRODUCT });
		const refused = await problem(send("PUT", path, { name: "x" }, { ...as(vendor), "if-match": 'W/"3.abc"' }));
		expect([refused.status, refused.code, calls]).toEqual([412, "PRECONDITION_FAILED", []]);
	});
});

describe("a path", () => {
	it("that does not exist is 404", async () => {
		expect(await problem(get("/nowhere"))).toMatchObject({ status: 404, code: "NOT_FOUND" });
	});

	it.each([
		["DELETE", "/orders", ["POST", "GET", "HEAD"]],
		["PATCH", `/products/${PRODUCT}`, ["GET", "PUT", "DELETE", "HEAD"]],
		["PUT", "/products/categories", ["GET", "HEAD"]],
		["POST", "/openapi.json", ["GET", "HEAD"]],
	])("that does not answer %s %s is 405 and names what it answers", async (method, path, allowed) => {
		const refused = await problem(fetch(shop.url + path, { method }));
		expect([refused.status, refused.code]).toEqual([405, "METHOD_NOT_ALLOWED"]);
		expect(refused.headers.get("allow")?.split(", ").sort()).toEqual(allowed.toSorted());
	});

	it("that is not percent-encoded UTF-8 is 400", async () => {
		const answer = await speak(shop.port, "GET /products/%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
		expect(answer).toMatch(/^HTTP\/1.1 400 /);
		expect(answer).toContain("MALFORMED_REQUEST");
	});

	it.each(["/list-aliases", "/users/checkSession", "/users/ping", "/products/get", "/~node/list", "/$node/list"])(
		"%s is not a way to an action",
		async (path) => {
			const { status } = await get(path, as(admin));
			expect([404, 405, 422]).toContain(status);
		},
	);

	it("is not published by an action without a policy", async () => {
		const handler = () => "secret";
		const actions = { secret: { rest: ["GET /secret"], visibility: "published", handler } };
		const service = shop.broker.createService(defineService({ name: "careless", actions } as never));
		await shop.broker.waitForServices("careless");
		expect(await problem(get("/secret", as(admin)))).toMatchObject({ status: 404 });
		await shop.broker.destroyService(service);
	});

	it("of a service that has left is 503, and known again when it is back", async () => {
		const rest = { rest: "GET /payments/:id", policy: OPEN } as const;
		const schema = defineService({
			name: "till",
			actions: { get: action({ ...GetPayment, name: "till.get" }, rest, async () => ({ id: ORDER }) as never) },
		});
		const path = `/payments/${ORDER}`;
		const there = shop.broker.createService(schema);
		await until(async () => (await get(path)).status === 200);
		await shop.broker.destroyService(there);
		const gone = await problem(get(path));
		expect(gone).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
		expect(gone.headers.get("retry-after")).toBe("1");
		const back = shop.broker.createService(defineService({ name: "till", actions: {} }));
		await until(async () => (await get(path)).status === 404, { what: "the route to go with its action" });
		await shop.broker.destroyService(back);
	});
});

describe("who is asking", () => {
	const path = `/users/${ADA}`;
	const refused = async (token: string) => {
		const { status, code, headers } = await problem(get(path, as(token)));
		expect(headers.get("www-authenticate")).toBe("Bearer");
		return [status, code];
	};

	it("may be nobody only where it is open", async () => {
		expect(await problem(get(path))).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
		expect((await get("/products/categories")).status).toBe(204);
	});

	it("is the owner or an admin where something is somebody's own; for others it does not exist", async () => {
		answering("users.get", { id: ADA });
		expect((await get(path, as(ada))).status).toBe(200);
		expect((await get(path, as(admin))).status).toBe(200);
		expect(await problem(get(path, as(vendor)))).toMatchObject({ status: 404, code: "NOT_FOUND" });
	});

	it("needs a role where one is named", async () => {
		const told = await problem(send("POST", "/products", { sku: "a" }, as(ada)));
		expect(told).toMatchObject({ status: 403, code: "FORBIDDEN", body: { requires: ["vendor", "admin"] } });
		expect((await send("POST", "/products", { name: "n", sku: "s", price: 1 }, as(vendor))).status).toBe(204);
	});

	it("is told to the action, and nothing that a client could invent", async () => {
		const calls = answering("orders.list", { rows: [], nextCursor: null });
		await get("/orders", { ...as(ada), "user-agent": "test", "x-user-id": EVE, "x-role": "admin" });
		const sessionId = [...shop.sessions.keys()][0];
		expect(calls[0]?.meta).toEqual({
			principal: { userId: ADA, role: "customer", sessionId },
			address: "127.0.0.1",
			userAgent: "test",
		});
	});

	it("is not proved by an unsigned token", async () => {
		const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
		const claims = { iss: "stoa", aud: "stoa", sub: ADA, sid: [...shop.sessions.keys()][0], exp: 4_000_000_000 };
		expect(await refused(`${part({ alg: "none" })}.${part(claims)}.`)).toEqual([401, "UNAUTHENTICATED"]);
		expect(await refused(`${part({ alg: "none", kid: KID })}.${part(claims)}.x`)).toEqual([401, "UNAUTHENTICATED"]);
	});

	it("is not proved by a token signed with the public key as a secret", async () => {
		const claims = { iss: "stoa", aud: "stoa", sub: ADA, sid: [...shop.sessions.keys()][0] };
		const token = await new SignJWT(claims)
			.setProtectedHeader({ alg: "HS256", kid: KID })
			.setExpirationTime("15m")
			.sign(Buffer.from(shop.publicJwk.x!, "base64url"));
		expect(await refused(token)).toEqual([401, "UNAUTHENTICATED"]);
	});

	it("is not proved by another key, another shop, an expired token, or a changed one", async () => {
		const sid = [...shop.sessions.keys()][0]!;
		const { privateKey } = await generateKeyPair("EdDSA");
		const forged = [
			await signWith(privateKey, { sub: ADA, sid }, "15m"),
			await shop.sign({ sub: ADA, sid, aud: "elsewhere" }),
			await shop.sign({ sub: ADA, sid, iss: "elsewhere" }),
			await shop.sign({ sub: ADA, sid }, Math.floor(Date.now() / 1_000) - 10),
			await shop.sign({ sub: EVE, sid }),
			`${ada.slice(0, -4)}AAAA`,
			"nonsense",
		];
		for (const token of forged) expect(await refused(token)).toEqual([401, "UNAUTHENTICATED"]);
	});

	it("is refused within five seconds when the session is revoked, and has a new role as soon", async () => {
		const gateway = shop.broker.getLocalService("gateway") as unknown as { authenticator: Authenticator };
		const clock = { steadyMs: 0 };
		const real = gateway.authenticator;
		gateway.authenticator = usersAuthenticator(shop.broker, { nowMs: Date.now, steadyMs: () => clock.steadyMs });
		const token = await shop.signIn(ADA, "customer");
		const sid = [...shop.sessions.keys()].at(-1)!;
		const statuses = [(await get("/orders", as(token))).status];

		shop.sessions.set(sid, { userId: ADA, role: "vendor" });
		clock.steadyMs += 5_000;
		statuses.push((await send("POST", "/products", { name: "n", sku: "s", price: 1 }, as(token))).status);

		shop.sessions.delete(sid);
		clock.steadyMs += 5_000;
		statuses.push((await get("/orders", as(token))).status);
		gateway.authenticator = real;
		expect(statuses).toEqual([204, 204, 401]);
	});

	it("is refused on open questions too when what was sent proves nothing", async () => {
		expect(await problem(get("/products/categories", as("nonsense")))).toMatchObject({ status: 401 });
	});

	it("does not matter to an open command, which brings its own proof", async () => {
		const calls = answering("users.register", { user: { id: ADA } });
		const answer = await send(
			"POST",
			"/auth/register",
			{ email: "a@b.example", password: "long enough" },
			as("expired"),
		);
		expect([answer.status, calls[0]?.meta.principal]).toEqual([201, undefined]);
	});

	const away = () => {
		throw Object.assign(new Error("users is away"), { name: "ServiceNotAvailableError" });
	};
	const silent = () => new Promise(() => undefined);

	it.each([
		["away", away],
		["silent", silent],
	])("cannot be known while users is %s: 503, but open questions stay open", async (_how, stub) => {
		const token = await shop.signIn("01980000-0000-7000-8000-0000000000f1", "customer");
		const ask = shop.stubs.get("users.checkSession")!;
		shop.stubs.set("users.checkSession", stub);
		const asked = await problem(get("/orders", as(token)));
		const open = await get("/products/categories", as(token));
		shop.stubs.set("users.checkSession", ask);
		expect([asked.status, open.status]).toEqual([503, 204]);
		expect((await get("/orders", as(token))).status).toBe(204);
	});
});

describe("a body", () => {
	const place = (body: unknown, headers: Record<string, string> = {}) =>
		send("POST", "/orders", body, { ...as(ada), ...headers });

	it.each([
		["", 422, "VALIDATION_FAILED"],
		["{", 400, "MALFORMED_JSON"],
		["{'a':1}", 400, "MALFORMED_JSON"],
		["[]", 422, "VALIDATION_FAILED"],
		['"text"', 422, "VALIDATION_FAILED"],
		["null", 422, "VALIDATION_FAILED"],
		['{"__proto__":{"isAdmin":true}}', 400, "MALFORMED_JSON"],
		['{"\\u005f_proto__":{"isAdmin":true}}', 400, "MALFORMED_JSON"],
		['{"items":[{"__proto__":{"x":1}}]}', 400, "MALFORMED_JSON"],
		['{"constructor":{"prototype":{"x":1}}}', 400, "MALFORMED_JSON"],
		[`{"items":${"[".repeat(100)}${"]".repeat(100)}}`, 422, "VALIDATION_FAILED"],
		['{"role":"admin"}', 422, "VALIDATION_FAILED"],
	])("%s is refused with %i %s", async (body, status, code) => {
		const calls = answering("orders.place", { id: ORDER });
		expect(await problem(place(body))).toMatchObject({ status, code });
		expect(calls).toEqual([]);
		expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
	});

	it("names each field that is wrong", async () => {
		const { body } = await problem(place({ ...BASKET, items: [{ productId: "x", quantity: 0 }], total: 1 }));
		const paths = (body.errors as { path: string }[]).map(({ path }) => path);
		expect(paths).toEqual(expect.arrayContaining(["items.0.productId", "items.0.quantity", "total"]));
	});

	it("that is not UTF-8 is 400", async () => {
		const bytes = Buffer.concat([Buffer.from('{"items":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
		const answer = fetch(`${shop.url}/orders`, { method: "POST", body: bytes, headers: { ...JSON_TYPE, ...as(ada) } });
		expect(await problem(answer)).toMatchObject({ status: 400, code: "MALFORMED_JSON" });
	});

	it.each([
		[{ "content-type": "text/plain" }],
		[{ "content-type": "application/x-www-form-urlencoded" }],
		[{ "content-type": "application/json; charset=latin1" }],
		[{ "content-type": "" }],
		[{ "content-encoding": "gzip" }],
	])("with %j is 415", async (headers) => {
		const filled = Object.fromEntries(Object.entries(headers));
		expect(await problem(place(BASKET, filled))).toMatchObject({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" });
	});

	it("in UTF-8 by name is read", async () => {
		answering("orders.place", { id: ORDER });
		expect((await place(BASKET, { "content-type": 'application/json; charset="UTF-8"' })).status).toBe(201);
	});

	it("larger than 1 MiB is 413, announced or not, and the connection lives on", async () => {
		const large = JSON.stringify({ ...BASKET, note: "x".repeat(2_000_000) });
		const announced = await problem(place(large));
		expect(announced).toMatchObject({ status: 413, code: "BODY_TOO_LARGE", body: { limitBytes: 1_048_576 } });
		const stream = new Blob([large]).stream();
		const streaming = {
			method: "POST",
			body: stream,
			headers: { ...JSON_TYPE, ...as(ada) },
			duplex: "half",
		} as RequestInit;
		expect(await problem(fetch(`${shop.url}/orders`, streaming))).toMatchObject({ status: 413 });
		expect((await get("/products/categories")).status).toBe(204);
	});

	it("that announces too much is refused before it is sent", async () => {
		const head = `POST /orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada}\r\nContent-Type: application/json\r\n`;
		const answer = await speak(shop.port, `${head}Connection: close\r\nContent-Length: 2000000\r\n\r\n{`);
		expect(answer).toMatch(/^HTTP\/1.1 413 /);
	});

	it("that is absent counts as empty", async () => {
		const calls = answering("orders.cancel", { id: ORDER });
		const answer = await fetch(`${shop.url}/orders/${ORDER}/cancel`, { method: "POST", headers: as(ada) });
		expect([answer.status, calls[0]?.params]).toEqual([200, { id: ORDER }]);
	});

	it("of DELETE may hold what the action knows, as may its query", async () => {
		const calls = answering("orders.cancel", { id: ORDER });
		await send("DELETE", `/orders/${ORDER}`, { reason: "changed my mind" }, as(ada));
		await fetch(`${shop.url}/orders/${ORDER}?reason=late`, { method: "DELETE", headers: as(ada) });
		expect(calls.map(({ params }) => params.reason)).toEqual(["changed my mind", "late"]);
		expect(await problem(send("DELETE", `/orders/${ORDER}`, { other: 1 }, as(ada)))).toMatchObject({ status: 422 });
	});

	it("that ends too early is 400 and closes nothing else", async () => {
		const head = `POST /orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ada}\r\nContent-Type: application/json\r\n`;
		const answer = await speak(shop.port, `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\nzz\r\n`);
		expect(answer).toMatch(/400 Bad Request/);
		expect((await get("/products/categories")).status).toBe(204);
	});
});

describe("a parameter", () => {
	const fields = ({ body }: { body: Record<string, unknown> }) =>
		(body.errors as { path: string }[]).map(({ path }) => path);

	it("stands in the path once and nowhere else", async () => {
		const calls = answering("products.update", { id: PRODUCT });
		const path = `/products/${PRODUCT}`;
		expect(fields(await problem(send("PUT", path, { id: EVE, name: "x" }, as(vendor))))).toEqual(["id"]);
		expect(fields(await problem(get(`${path}?id=${EVE}`)))).toEqual(["id"]);
		expect(fields(await problem(send("PUT", `${path}?name=y`, { name: "x" }, as(vendor))))).toEqual(["name"]);
		expect(calls).toEqual([]);
	});

	it.each([
		["page=1&page=2", "page"],
		["unknown=1", "unknown"],
		["__proto__=1", "__proto__"],
		["page[x]=1", "page[x]"],
	])("in the query is refused when it is %s", async (query, field) => {
		expect(fields(await problem(get(`/orders?${query}`, as(ada))))).toEqual([field]);
	});

	it("in the query reaches the action as its type", async () => {
		const calls = answering("orders.list", { rows: [], nextCursor: null });
		await get("/orders?page=2&pageSize=5", as(ada));
		expect(calls[0]?.params).toMatchObject({ page: 2, pageSize: 5 });
	});
});

describe("an Idempotency-Key", () => {
	const place = (key: string, body: object = BASKET, token = ada) =>
		send("POST", "/orders", body, { ...as(token), "idempotency-key": key });
	type Operation = { key?: string; fingerprint?: string; deadlineMs: number };
	const operations = (calls: { meta: Record<string, unknown> }[]) =>
		calls.map(({ meta }) => meta.operation as Operation);

	it("makes one operation of one caller, method, route and key", async () => {
		const calls = answering("orders.place", { id: ORDER });
		const bob = await shop.signIn("01980000-0000-7000-8000-0000000000a2", "customer");
		await place("k1");
		await place("k1", { shippingAddress: BASKET.shippingAddress, items: BASKET.items });
		await place("k1", { ...BASKET, shippingAddress: "Elsewhere 2" });
		await place("k2");
		await place("k1", BASKET, bob);
		const [first, same, otherBody, otherKey, otherCaller] = operations(calls);
		expect(first?.key).toMatch(/^[0-9a-f]{64}$/);
		expect(same).toMatchObject({ key: first?.key, fingerprint: first?.fingerprint });
		expect(otherBody?.key).toBe(first?.key);
		expect(otherBody?.fingerprint).not.toBe(first?.fingerprint);
		expect(new Set([first?.key, otherKey?.key, otherCaller?.key]).size).toBe(3);
	});

	it("is another request for another order", async () => {
		const calls = answering("orders.cancel", { id: ORDER });
		for (const id of [ORDER, PRODUCT]) {
			await send("POST", `/orders/${id}/cancel`, {}, { ...as(ada), "idempotency-key": "k" });
		}
		const [one, other] = operations(calls);
		expect(one?.key).toBe(other?.key);
		expect(one?.fingerprint).not.toBe(other?.fingerprint);
	});

	it("is only for actions that take one; every command has a deadline of 30 s", async () => {
		const calls = answering("products.create", { id: PRODUCT });
		const body = { name: "n", sku: "s", price: 1 };
		await send("POST", "/products", body, { ...as(vendor), "idempotency-key": "k" });
		expect(calls[0]?.meta.operation).toEqual({ deadlineMs: expect.any(Number) });
		const { deadlineMs } = operations(calls)[0]!;
		expect(Math.abs(deadlineMs - Date.now() - 30_000)).toBeLessThan(5_000);
	});

	it.each([["with a space"], ["x".repeat(256)]])("%s is 422", async (key) => {
		expect(await problem(place(key))).toMatchObject({ status: 422, code: "VALIDATION_FAILED" });
	});

	/** An owner that stores its first answer, as `once` and the saga do. */
	function storing(status: number, body: string) {
		shop.stubs.set("orders.place", (ctx: { meta: { operation: { key: string } } }) => {
			Object.assign(ctx.meta, { $replay: { key: ctx.meta.operation.key, status, body } });
			return JSON.parse(body) as unknown;
		});
	}

	it("replays a success byte for byte, with its location", async () => {
		const body = `{ "id":"${ORDER}",  "total": 10.50 }`;
		storing(201, body);
		const answer = await place("k3");
		expect([answer.status, await answer.text()]).toEqual([201, body]);
		expect(answer.headers.get("location")).toBe(`/orders/${ORDER}`);
		expect(answer.headers.get("idempotency-replayed")).toBe("true");
		expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
	});

	it("replays a refusal, the same to the byte as when it was first thrown", async () => {
		const declined = new PaymentDeclined({ reason: "insufficient_funds", orderId: ORDER });
		answering("orders.place", declined);
		const headers = { ...as(ada), "x-request-id": "first", "idempotency-key": "k4" };
		const first = await send("POST", "/orders", BASKET, headers);
		storing(402, JSON.stringify(problemOf(declined, "first")));
		const again = await place("k4");
		expect([first.status, again.status]).toEqual([402, 402]);
		expect(await again.text()).toBe(await first.text());
		expect(first.headers.get("idempotency-replayed")).toBeNull();
		expect(again.headers.get("idempotency-replayed")).toBe("true");
		expect(again.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
	});

	it("is not confused by the replay of a nested call", async () => {
		answering("orders.place", { id: ORDER }, { $replay: { key: "other", status: 200, body: "{}" } });
		const answer = await place("k5");
		expect([answer.status, await answer.json()]).toEqual([201, { id: ORDER }]);
	});
});

describe("a refusal", () => {
	const register = () => send("POST", "/auth/register", { email: "a@b.example", password: "long enough" });

	it("is a problem document with its own members", async () => {
		answering("orders.place", new OutOfStock({ productIds: [PRODUCT] }));
		const told = await problem(send("POST", "/orders", BASKET, as(ada)));
		expect(told).toMatchObject({ status: 409, code: "OUT_OF_STOCK", body: { productIds: [PRODUCT] } });
		expect(told.body.type).toBe("urn:stoa:problem:out-of-stock");
	});

	it("is told the same when only its fields crossed a wire", async () => {
		const { name, type, code, message, data } = new EmailTaken();
		answering("users.register", Object.assign(new Error(message), { name, type, code, data }));
		expect(await problem(register())).toMatchObject({ status: 409, code: "EMAIL_TAKEN" });
	});

	it.each<[string, Error]>([
		["an ordinary error", new Error("secret: connect to 10.0.0.5 as postgres")],
		["a database's error", Object.assign(new Error("secret key"), { code: "23505", detail: "secret" })],
		[
			"a framework's error",
			Object.assign(new Error("secret"), { name: "MoleculerError", code: 418, data: { secret: 1 } }),
		],
	])("is 500 with nothing but the request id for %s", async (_kind, error) => {
		answering("users.register", error);
		const told = await problem(register());
		expect(told).toMatchObject({ status: 500, code: "INTERNAL" });
		expect(JSON.stringify(told.body)).not.toMatch(/secret|10\.0|stack/);
		expect(Object.keys(told.body).sort()).toEqual(["code", "detail", "requestId", "status", "title", "type"]);
	});

	it("is 503 for a service that does not answer in time", async () => {
		answering(
			"users.register",
			Object.assign(new Error("users.register at node-7"), { name: "RequestTimeoutError", code: 504 }),
		);
		const told = await problem(register());
		expect(told).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
		expect(JSON.stringify(told.body)).not.toContain("node-7");
	});
});

describe("malformed HTTP", () => {
	it.each([
		["nonsense", "NONSENSE\r\n\r\n", 400, "MALFORMED_REQUEST"],
		[
			"two lengths",
			"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
			400,
			"MALFORMED_REQUEST",
		],
		[
			"a length and chunks",
			"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			400,
			"MALFORMED_REQUEST",
		],
		["an address for a proxy", "GET http://x/health HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MALFORMED_REQUEST"],
		["a tunnel", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 400, "MALFORMED_REQUEST"],
		["no host", "GET /health HTTP/1.1\r\n\r\n", 400, "MALFORMED_REQUEST"],
		["two hosts", "GET /health HTTP/1.1\r\nHost: x\r\nhOST: y\r\n\r\n", 400, "MALFORMED_REQUEST"],
		["a header of 20 KB", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431, "HEADERS_TOO_LARGE"],
	])("as %s is answered with a problem, and closed", async (_kind, text, status, code) => {
		const answer = await speak(shop.port, text);
		expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
		expect(answer).toContain("application/problem+json");
		expect(JSON.parse(answer.split("\r\n\r\n")[1]!)).toMatchObject({ status, code, requestId: expect.any(String) });
	});
});

describe("another origin", () => {
	const preflight = (origin: string) =>
		fetch(`${shop.url}/orders`, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });

	it("may read and ask beforehand when it is listed", async () => {
		const origin = "https://shop.example";
		const asked = await preflight(origin);
		expect(asked.status).toBe(204);
		expect(asked.headers.get("access-control-allow-origin")).toBe(origin);
		expect(asked.headers.get("access-control-allow-headers")).toContain("Idempotency-Key");
		expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
		const answer = await get("/products/categories", { origin });
		expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
		expect(answer.headers.get("vary")).toBe("Origin");
		expect(answer.headers.get("access-control-expose-headers")).toContain("ETag");
	});

	it("is told nothing when it is not listed", async () => {
		for (const answer of [
			await preflight("https://evil.example"),
			await get("/products/categories", { origin: "https://evil.example" }),
		]) {
			expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
		}
	});

	it("calls nothing by asking beforehand", async () => {
		const calls = answering("orders.list", { rows: [] });
		expect((await preflight("https://shop.example")).headers.get("allow")).toBe("POST, GET, HEAD, OPTIONS");
		expect((await fetch(`${shop.url}/nowhere`, { method: "OPTIONS" })).status).toBe(404);
		expect(calls).toEqual([]);
	});
});

describe("health", () => {
	it("is alive and ready while every service is", async () => {
		for (const path of ["/health/live", "/health/ready", "/health"]) {
			const answer = await get(path, as("nonsense, which a probe may send"));
			expect([path, answer.status]).toEqual([path, 200]);
			expect(await answer.json()).toMatchObject({ status: "healthy", timestamp: expect.any(String) });
		}
	});

	it("names each service, and is 503 when one does not answer", async () => {
		shop.stubs.set("orders.ping", () => {
			throw new Error("no database");
		});
		const health = await until(async () => {
			const answer = await get("/health");
			return answer.status === 503 ? answer : undefined;
		});
		expect(await health.json()).toMatchObject({
			status: "unhealthy",
			services: {
				user: "healthy",
				product: "healthy",
				order: "unhealthy",
				payment: "healthy",
				notification: "healthy",
				webhook: "healthy",
			},
		});
		expect((await get("/health/ready")).status).toBe(503);
		expect((await get("/health/live")).status).toBe(200);
		shop.stubs.delete("orders.ping");
		await until(async () => (await get("/health")).status === 200);
	});

	it("is asked for before a service has come without a word in the log", async () => {
		const early = await startShop({ RATE_LIMIT_PER_MINUTE: "0", REQUEST_LOG: "off" });
		await early.broker.destroyService(early.broker.getLocalService("products"));
		const warn = jest.spyOn(early.broker.logger, "warn");
		expect((await fetch(`${early.url}/health/ready`)).status).toBe(503);
		expect(warn).not.toHaveBeenCalled();
		await early.stop();
	});

	it("does not wait for a service that says nothing", async () => {
		shop.stubs.set("orders.ping", () => new Promise(() => undefined));
		const health = await until(async () => {
			const answer = await get("/health");
			return answer.status === 503 ? answer : undefined;
		});
		expect(await health.json()).toMatchObject({ services: { order: "unhealthy", user: "healthy" } });
		shop.stubs.delete("orders.ping");
	});
});

describe("the list of services", () => {
	type Listed = { services: { name: string; url: string; nodes?: string[]; actions?: string[] }[] };
	const listed = async (headers = {}) => ((await (await get("/services", headers)).json()) as Listed).services;

	it("names services, where they are published, and how they are", async () => {
		const users = (await listed()).find(({ name }) => name === "user-service");
		expect(users).toEqual({ name: "user-service", url: "/users", status: "healthy", version: expect.any(String) });
	});

	it("shows nodes and actions to admins only", async () => {
		expect((await listed(as(ada))).some((service) => service.nodes ?? service.actions)).toBe(false);
		const users = (await listed(as(admin))).find(({ name }) => name === "user-service");
		expect(users?.nodes).toEqual([shop.broker.nodeID]);
		expect(users?.actions).toContain("users.checkSession");
	});
});

describe("the documentation", () => {
	it("is generated from what is published", async () => {
		const answer = await get("/openapi.json");
		const document = (await answer.json()) as { openapi: string; paths: Record<string, Record<string, object>> };
		expect(document.openapi).toBe("3.1.0");
		expect(Object.keys(document.paths["/orders/{id}"]!)).toEqual(["get", "delete"]);
		expect(document.paths["/health"]).toBeDefined();
		expect(JSON.stringify(document)).not.toContain("checkSession");
	});

	it("follows what is published", async () => {
		const hasPayments = async () => {
			const { paths } = (await (await get("/openapi.json")).json()) as { paths: object };
			return "/payments/{id}" in paths;
		};
		expect(await hasPayments()).toBe(false);
		await shop.broker.destroyService(shop.broker.getLocalService("payments"));
		const actions = {
			ping: internal(ping("payments"), async () => ({ status: "healthy" as const })),
			get: action(GetPayment, { rest: "GET /payments/:id", policy: OPEN }, async () => ({ id: ORDER }) as never),
		};
		shop.broker.createService(defineService({ name: "payments", actions }));
		await until(hasPayments, { what: "the new route in the document" });
	});

	it.each(["/api/docs", "/api-docs", "/api/docs/"])(
		"is read at %s without another host or an inline script",
		async (path) => {
			const answer = await get(path);
			const html = await answer.text();
			expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
			expect(html).not.toMatch(/https?:\/\/|<script>|onload=/);
			expect(answer.headers.get("content-security-policy")).toContain("script-src 'self'");
			for (const [, file] of html.matchAll(/(?:src|href)="([^"]+)"/g)) expect((await get(file!)).status).toBe(200);
		},
	);

	it("is not sent again unchanged", async () => {
		const etag = (await get("/api/docs/swagger-ui.css")).headers.get("etag")!;
		expect((await get("/api/docs/swagger-ui.css", { "if-none-match": etag })).status).toBe(304);
	});

	it.each([
		"/api/docs/../package.json",
		"/api/docs/..%2f..%2fpackage.json",
		"/api/docs/index.js",
		"/api/docs//etc/passwd",
	])("is not a way to the file %s", async (path) => {
		const answer = await speak(shop.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
		expect(answer).toMatch(/^HTTP\/1.1 404 /);
	});
});

describe("the request log", () => {
	const lines = () =>
		readFileSync(logFile, "utf8")
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as Record<string, unknown>);

	it("has one line a request, with the route and never what was sent", async () => {
		answering("orders.cancel", { id: ORDER });
		const headers = { ...as(ada), "x-request-id": "logged-1", "idempotency-key": "secret-key" };
		await send("DELETE", `/orders/${ORDER}?reason=secret-reason`, {}, headers);
		const line = await until(() => lines().find(({ requestId }) => requestId === "logged-1"));
		expect(line).toMatchObject({ method: "DELETE", route: "/orders/:id", status: 200, userId: ADA });
		expect(line.durationMs).toEqual(expect.any(Number));
		expect(readFileSync(logFile, "utf8")).not.toMatch(new RegExp(`secret-|${ORDER}|${ada.slice(0, 20)}|Bearer`));
	});
});

describe("the limits", () => {
	let limited: Shop;
	beforeAll(async () => {
		limited = await startShop({ RATE_LIMIT_PER_MINUTE: "3", TRUSTED_PROXIES: "", REQUEST_LOG: "off" });
	});
	afterAll(() => limited.stop());

	const statuses = async (times: number, path: string, headers: (i: number) => Record<string, string> = () => ({})) => {
		const seen = [];
		for (let i = 0; i < times; i++) seen.push((await fetch(limited.url + path, { headers: headers(i) })).status);
		return seen;
	};

	it("count each principal by himself", async () => {
		for (const id of [ADA, EVE]) {
			const token = await limited.signIn(id, "customer");
			expect(await statuses(4, "/orders", () => as(token))).toEqual([204, 204, 204, 429]);
		}
	});

	it("count everybody else by address, whatever X-Forwarded-For and tokens claim, and tell when to come back", async () => {
		const spoofed = (i: number) => ({ "x-forwarded-for": `10.0.0.${i}`, ...(i === 1 ? as("nonsense") : {}) });
		expect(await statuses(4, "/products/categories", spoofed)).toEqual([204, 401, 204, 429]);
		const refused = await fetch(`${limited.url}/nowhere`);
		expect(refused.status).toBe(429);
		expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
		expect(await refused.json()).toMatchObject({ code: "RATE_LIMITED", requestId: expect.any(String) });
	});

	it("leave probes alone", async () => {
		expect(await statuses(5, "/health/live")).toEqual([200, 200, 200, 200, 200]);
	});
});

describe("behind a trusted proxy", () => {
	let proxied: Shop;
	beforeAll(async () => {
		proxied = await startShop({ RATE_LIMIT_PER_MINUTE: "2", TRUSTED_PROXIES: "loopback", REQUEST_LOG: "off" });
	});
	afterAll(() => proxied.stop());

	const from = async (forwarded: string) =>
		(await fetch(`${proxied.url}/products/categories`, { headers: { "x-forwarded-for": forwarded } })).status;

	it("the address is the one the proxy saw, not the one the client wrote before it", async () => {
		expect([await from("1.1.1.1, 9.9.9.9"), await from("2.2.2.2, 9.9.9.9"), await from("3.3.3.3, 9.9.9.9")]).toEqual([
			204, 204, 429,
		]);
		expect(await from("8.8.8.8")).toBe(204);
	});

	it("one IPv6 subscriber is one client", async () => {
		const seen = [await from("2001:db8:1:2::1"), await from("2001:db8:1:2::2"), await from("2001:db8:1:2:3::1")];
		expect(seen).toEqual([204, 204, 429]);
		expect(await from("2001:db8:1:3::1")).toBe(204);
	});

	it("what is no address falls back to the proxy's", async () => {
		expect([await from("unknown"), await from("<x>"), await from("nonsense")]).toEqual([204, 204, 429]);
	});
});

describe("starting", () => {
	it("knows every route the moment the broker has started", async () => {
		const fresh = await startShop({ RATE_LIMIT_PER_MINUTE: "0", REQUEST_LOG: "off" });
		const gateway = fresh.broker.getLocalService("gateway") as unknown as Gateway;
		const paths = ["/products/1", "/orders", "/users/1", "/health/ready"];
		expect(paths.filter((path) => gateway.table.match("GET", path) === undefined)).toEqual([]);
		await fresh.stop();
	});

	it("calls no path unknown before it has met every service, whose routes it may be", async () => {
		const fresh = await startShop({ RATE_LIMIT_PER_MINUTE: "0", REQUEST_LOG: "off" });
		const gateway = fresh.broker.getLocalService("gateway") as unknown as Gateway;
		const statusOf = async (path: string) => (await fetch(fresh.url + path)).status;
		expect(await statusOf("/nowhere")).toBe(404);

		gateway.acquainted.delete("orders");
		expect(await problem(fetch(`${fresh.url}/nowhere`))).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
		expect(await statusOf("/health/ready")).toBe(200);
		gateway.regenerateAllAutoAliases();
		expect(await statusOf("/nowhere")).toBe(404);
		await fresh.stop();
	});
});

describe("stopping", () => {
	it("is not ready, finishes what is in flight, closes connections, and then lets nobody in", async () => {
		const leaving = await startShop({ RATE_LIMIT_PER_MINUTE: "0", REQUEST_LOG: "off" });
		let finish: (value: unknown) => void = () => undefined;
		leaving.stubs.set("products.categories", () => new Promise((resolve) => (finish = resolve)));
		const gateway = leaving.broker.getLocalService("gateway") as unknown as Gateway;
		expect((await fetch(`${leaving.url}/health/ready`)).status).toBe(200);

		const slow = fetch(`${leaving.url}/products/categories`);
		await until(() => gateway.inFlight === 1);
		const drained = gateway.drain();
		const ready = await fetch(`${leaving.url}/health/ready`);
		expect([ready.status, ready.headers.get("connection")]).toEqual([503, "close"]);

		finish({ rows: [], nextCursor: null });
		const answer = await slow;
		expect([answer.status, answer.headers.get("connection"), await answer.json()]).toEqual([
			200,
			"close",
			{ rows: [], nextCursor: null },
		]);
		await drained;
		await expect(fetch(`${leaving.url}/health/live`)).rejects.toThrow();
		await leaving.stop();
	});
});

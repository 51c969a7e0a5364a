import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { watch } from "../support/contents.ts";
import type { Contents } from "../support/contents.ts";
import { publishedOperations } from "../support/fuzz/operation.ts";
import type { Operation } from "../support/fuzz/operation.ts";
import { faultsOf } from "../support/fuzz/verdict.ts";
import { requestFor } from "../support/scene/requests.ts";
import { Scene } from "../support/scene/scene.ts";
import { Shop } from "../support/shop.ts";
import { sendAsIs } from "../support/wire.ts";
import { expected, POLICY_TABLE } from "./policy-table.ts";

/** What is a command somewhere: to SQL, a shell, a template, a browser, LDAP, XML, a log, a header, MongoDB. */
const CORPUS = [
	"' or '1'='1",
	"'; drop table users; --",
	"1) or pg_sleep(5)--",
	"\\'; select 1; --",
	"$(id)`id`|id",
	"{{7*7}}${7*7}<%= 7*7 %>",
	"<script>alert(1)</script>",
	"*)(uid=*))(|(uid=*",
	"<!DOCTYPE a [<!ENTITY x SYSTEM 'http://127.0.0.1:9/'>]>&x;",
	"a\r\nSet-Cookie: a=b\r\n\r\n",
	'{"$gt":""}',
	"../../../../etc/passwd\u202e",
	"%' and 1=1 and '%'='",
	"=cmd|' /C calc'!A0",
];
const POLLUTED = ['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}'];
/** What no client decides, whatever he sends along. */
const DECIDED = {
	...{ id: "x", userId: "x", role: "admin", isActive: true, version: 9, price: 0.01, totalAmount: 0.01 },
	...{ passwordHash: "x", announced: 0, vendorId: "x", createdAt: "x", paymentId: "x", principal: {}, $version: 1 },
};
const ROUTES = Object.keys(POLICY_TABLE);
const NO_JSON = ["POST /webhooks/stripe", "POST /webhooks/twilio", "POST /webhooks/mail", "POST /products/import"];
/** Those that read a JSON object. */
const TAKING = ROUTES.filter((route) => /^(POST|PUT) /.test(route) && !NO_JSON.includes(route));

let shop: Shop;
let at: Scene;
let contents: Contents;
const operations = new Map<string, Operation>();

beforeAll(async () => {
	shop = await Shop.open();
	at = await Scene.in(shop);
	await Promise.all([at.paid(), at.category(), at.apiKey()]);
	for (const one of await publishedOperations(shop.gateway)) operations.set(`${one.method} ${one.path}`, one);
	contents = await watch(shop);
});
afterAll(async () => {
	await contents.close();
	await shop.close();
});

/** The admin, or a customer where the admin would get no further than the door. */
const allowed = (route: string) => {
	const { token } = expected(route, "admin") === "through" ? at.admin : at.owner;
	return { authorization: `Bearer ${token}` };
};

async function faults(route: string, path: string): Promise<string[]> {
	const [method = ""] = route.split(" ");
	const answer = await sendAsIs(shop.gateway, { method, path, headers: allowed(route) });
	const split = answer.headers.has("set-cookie") ? ["lets a header field in"] : [];
	return [...faultsOf(answer, operations.get(route)!), ...split].map((fault) => `${method} ${path} ${fault}`);
}

/** A path with a text in the place of one parameter, and things that exist in all others. */
const pathWith = (template: string, given: Readonly<Record<string, string>>) =>
	template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(given[name] ?? at.owner.userId));

describe("what is a command elsewhere is a text here:", () => {
	it.each(ROUTES.filter((route) => route.startsWith("GET ")))("%s", async (route) => {
		const { path, inPath, inQuery } = operations.get(route)!;
		const before = await contents.read();
		const asked = CORPUS.flatMap((text) => [
			...Object.keys(inPath).map((name) => pathWith(path, { [name]: text })),
			...Object.keys(inQuery).map((name) => `${pathWith(path, {})}?${name}=${encodeURIComponent(text)}`),
			`${pathWith(path, {})}?${encodeURIComponent(text)}=1`,
		]);
		expect((await Promise.all(asked.map((one) => faults(route, one)))).flat()).toEqual([]);
		expect(await contents.read()).toEqual(before);
	});
});

describe("nobody reaches for a prototype:", () => {
	it.each(ROUTES)("%s", async (route) => {
		const { path, method, inPath } = operations.get(route)!;
		const before = await contents.read();
		const names = [
			"__proto__",
			"constructor",
			"prototype",
			"toString",
			"__proto__[role]",
			"constructor[prototype][role]",
		];
		const asked = [
			...names.map((name) => `${pathWith(path, {})}?${encodeURIComponent(name)}=admin`),
			...Object.keys(inPath).flatMap((name) => names.map((text) => pathWith(path, { [name]: text }))),
		];
		const isRead = method === "GET";
		expect(isRead ? (await Promise.all(asked.map((one) => faults(route, one)))).flat() : []).toEqual([]);
		for (const body of TAKING.includes(route) ? POLLUTED : []) {
			const headers = { ...allowed(route), "content-type": "application/json" };
			const { status } = await sendAsIs(shop.gateway, { method, path: pathWith(path, {}), headers, body });
			expect(status).toBe(400);
		}
		expect(await contents.read()).toEqual(before);
	});
});

describe("nobody decides what the server decides:", () => {
	it.each(TAKING)("%s", async (route) => {
		const operation = operations.get(route)!;
		const [method = ""] = route.split(" ");
		const built = await requestFor(at, route, undefined);
		const known = Object.keys(operation.body?.properties ?? {});
		const sent = Object.fromEntries(Object.entries(DECIDED).filter(([name]) => !known.includes(name)));
		const before = await contents.read();
		const body = JSON.stringify({ ...(JSON.parse(built.body ?? "{}") as object), ...sent });
		const headers = { ...built.headers, ...allowed(route), "content-type": "application/json" };
		const answer = await sendAsIs(shop.gateway, { method, path: built.path, headers, body });

		const named = ((answer.body.errors ?? []) as { path: string }[]).map(({ path }) => path);
		expect([answer.status, named]).toEqual([422, expect.arrayContaining(namedFirst(operation, sent))]);
		expect(await contents.read()).toEqual(before);
	});
});

/** A field that stands in the path too is refused by the gateway, before the action sees the others. */
function namedFirst({ inPath }: Operation, sent: object): string[] {
	const doubled = Object.keys(sent).filter((name) => name in inPath);
	return doubled.length > 0 ? doubled : Object.keys(sent);
}

it("and the shop is as well as before", async () => {
	const { status, body } = await shop.send("GET", "/health");
	expect([status, body.status]).toEqual([200, "healthy"]);
	expect(await shop.sql("products", "select * from stock_discrepancies")).toEqual([]);
});

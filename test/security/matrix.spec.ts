import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Person } from "../support/shop.ts";
import { Shop } from "../support/shop.ts";
import { requestFor } from "../support/scene/requests.ts";
import { Scene } from "../support/scene/scene.ts";
import { sendAsIs } from "../support/wire.ts";
import { CALLERS, expected, POLICY_TABLE, scopeOf } from "./policy-table.ts";
import type { Caller } from "./policy-table.ts";

interface Described {
	readonly requestBody?: { content: Record<string, { example?: unknown }> };
}
type Paths = Readonly<Record<string, Readonly<Record<string, Described>>>>;

/** They can only be read of somebody who is gone. */
const DESTRUCTIVE = ["GET /users/{id}/erasure"];
const ROUTES = Object.keys(POLICY_TABLE);

let shop: Shop;
let paths: Paths;
/** Is only read, so that reading routes may share it. */
let shared: Scene;
const keys = new Map<string, string>();

beforeAll(async () => {
	shop = await Shop.open();
	({ paths } = (await (await fetch(`${shop.gateway}/openapi.json`)).json()) as { paths: Paths });
	shared = await Scene.in(shop);
	for (const scope of ["notifications:send", "data:read"]) {
		const { key } = await shared.posted(shared.admin, "/api-keys", { name: scope, scopes: [scope] });
		keys.set(scope, String(key));
	}
});
afterAll(() => shop.close());

function credentials(at: Scene, caller: Caller, route: string): Readonly<Record<string, string>> {
	const scope = scopeOf(route) ?? "notifications:send";
	const bearer = ({ token }: Person) => ({ authorization: `Bearer ${token}` });
	switch (caller) {
		case "anonymous":
			return {};
		case "owner":
			return bearer(at.owner);
		case "other customer":
			return bearer(at.other);
		case "vendor":
			return bearer(at.vendor);
		case "other vendor":
			return bearer(at.otherVendor);
		case "admin":
			return bearer(at.admin);
		case "service with the scope":
			return { "x-api-key": keys.get(scope) ?? "" };
		case "service without it":
			return { "x-api-key": keys.get("data:read") ?? "" };
	}
}

const exampleOf = (route: string): unknown => {
	const [method = "", path = ""] = route.split(" ");
	return paths[path]?.[method.toLowerCase()]?.requestBody?.content["application/json"]?.example;
};

/** A request of this caller, who has lost nothing yet by an earlier one. */
async function ask(route: string, caller: Caller) {
	const [method = ""] = route.split(" ");
	const at = method === "GET" && !DESTRUCTIVE.includes(route) ? shared : await Scene.in(shop);
	const built = await requestFor(at, route, exampleOf(route));
	const headers = { ...built.headers, ...credentials(at, caller, route) };
	const { status, body } = await sendAsIs(shop.gateway, { method, path: built.path, headers, body: built.body });
	return { status, detail: JSON.stringify(body).slice(0, 300), built };
}

/** Through, or the status of a refusal; what was not promised is told in full. */
async function outcome(route: string, caller: Caller): Promise<string> {
	const promised = String(expected(route, caller));
	try {
		const { built, status, detail } = await ask(route, caller);
		const found =
			status < 400 || (built.orElse.includes(status) && promised === "through") ? "through" : String(status);
		return found === promised ? found : `${status} ${detail}`;
	} catch (error) {
		return String(error);
	}
}

describe("who may use a route:", () => {
	it.each(ROUTES)("%s", async (route) => {
		const outcomes = await Promise.all(CALLERS.map(async (caller) => [caller, await outcome(route, caller)] as const));
		const promised = CALLERS.map((caller) => [caller, String(expected(route, caller))] as const);
		expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(promised));
	});
});

describe("the table", () => {
	it("has a line for every route, and no line without one", () => {
		const routes = Object.entries(paths).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
		);
		expect(ROUTES.toSorted()).toEqual(routes.toSorted());
	});
});

describe("the OpenAPI document", () => {
	it("names for every path the methods that it answers, and no other", async () => {
		const answered = await Promise.all(
			Object.entries(paths).map(async ([path, methods]) => {
				const plain = path.replaceAll(/\{\w+\}/g, "x");
				const { headers } = await fetch(shop.gateway + plain, { method: "OPTIONS" });
				const allowed = (headers.get("allow") ?? "").split(", ").filter((method) => !/^(HEAD|OPTIONS)$/.test(method));
				return [path, allowed.toSorted(), Object.keys(methods).map((method) => method.toUpperCase())] as const;
			}),
		);
		expect(answered.map(([path, allowed]) => [path, allowed])).toEqual(
			answered.map(([path, , described]) => [path, described.toSorted()]),
		);
	});
});

import { beforeAll, describe, expect, it } from "@jest/globals";
import { ACTIONS } from "../../services/contracts/catalogue.ts";
import { z } from "zod";
import { EXAMPLES } from "../../services/gateway/openapi/examples.ts";
import { openApi } from "../../services/gateway/openapi/document.ts";
import { publishedActions } from "./published.ts";

interface Parameter {
	readonly name: string;
	readonly in: string;
	readonly required: boolean;
	readonly $ref?: string;
}

interface Response {
	readonly description: string;
	readonly headers?: Readonly<Record<string, object>>;
	readonly content?: Readonly<Record<string, { schema: object }>>;
}

interface Operation {
	readonly operationId: string;
	readonly summary: string;
	readonly tags: readonly string[];
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { content: Record<string, { schema: { properties: object; additionalProperties: boolean } }> };
	readonly responses: Readonly<Record<string, Response>>;
	readonly security: readonly object[];
	readonly "x-policy": unknown;
}

interface Document {
	readonly openapi: string;
	readonly info: { title: string; version: string };
	readonly tags: readonly { name: string }[];
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

let document: Document;
let operations: { path: string; method: string; operation: Operation }[];

beforeAll(async () => {
	document = JSON.parse(JSON.stringify(openApi(await publishedActions(), ACTIONS))) as Document;
	operations = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
	);
});

const ID = "0199c1f0-0000-7000-8000-000000000001";

/** Whether a field is one of an action's parameters. */
function takes(params: z.ZodType, field: string): boolean {
	const { properties = {} } = z.toJSONSchema(params, { io: "input", unrepresentable: "any" });
	return Object.hasOwn(properties, field);
}

const find = (method: string, path: string): Operation => document.paths[path]![method]!;

describe("the OpenAPI document", () => {
	it("is OpenAPI 3.1 with a title and a version", () => {
		expect(document).toMatchObject({ openapi: "3.1.0", info: { title: "Stoa", version: expect.any(String) } });
	});

	it("has every published route once, by an id of its own, under a listed tag", () => {
		const ids = operations.map(({ operation }) => operation.operationId);
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids.filter((id) => !/^\w+$/.test(id))).toEqual([]);
		const tags = document.tags.map(({ name }) => name);
		expect(operations.filter(({ operation }) => !tags.includes(operation.tags[0]!))).toEqual([]);
		expect(operations.filter(({ operation }) => operation.summary === "")).toEqual([]);
	});

	it("resolves every reference", () => {
		const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
		expect(references.length).toBeGreaterThan(100);
		expect(references.filter(([, kind, name]) => document.components[kind!]?.[name!] === undefined)).toEqual([]);
		expect(JSON.stringify(document)).not.toContain("$defs");
	});

	it("declares exactly the parameters of each path, as required", () => {
		for (const { path, operation } of operations) {
			const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
			const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
			expect([path, inPath.map(({ name }) => name).sort()]).toEqual([path, named.sort()]);
			expect(inPath.every(({ required }) => required)).toBe(true);
		}
	});

	it("asks for bodies on POST and PUT only, and allows no field that the contract lacks", () => {
		for (const { method, operation } of operations.filter(({ operation }) => operation.requestBody)) {
			expect(["post", "put"]).toContain(method);
			const { schema } = operation.requestBody!.content["application/json"] ?? {};
			if (schema?.properties !== undefined) expect(schema.additionalProperties).toBe(false);
		}
		const { properties } = find("post", "/orders").requestBody!.content["application/json"]!.schema;
		expect(Object.keys(properties)).toEqual(["items", "shippingAddress", "billingAddress", "paymentMethod"]);
	});

	it("says of every operation how it succeeds and that it may be refused", () => {
		for (const { path, method, operation } of operations) {
			const statuses = Object.keys(operation.responses).map(Number);
			const successes = statuses.filter((status) => status < 300 && status !== 202);
			expect([path, method, successes.length]).toEqual([path, method, statuses.includes(202) ? successes.length : 1]);
			expect(statuses).toEqual(expect.arrayContaining([422, 429, 500, 503]));
		}
	});

	it("names the codes of the contract's own refusals", () => {
		const { responses } = find("post", "/orders");
		expect(responses["402"]?.description).toContain("PAYMENT_DECLINED");
		expect(responses["409"]?.description).toContain("OUT_OF_STOCK");
		expect(responses["409"]?.description).toContain("IDEMPOTENCY_KEY_IN_USE");
		expect(responses["201"]?.content?.["application/json"]?.schema).toEqual({ $ref: "#/components/schemas/Order" });
		expect(find("delete", "/users/{id}").responses["204"]).not.toHaveProperty("content");
	});

	it("asks for a token wherever a route is not open, and says who may", () => {
		for (const { path, operation } of operations) {
			const isOpen = operation["x-policy"] === "open";
			const scope = (operation["x-policy"] as { scope?: string }).scope;
			const schemes = [{ bearer: [] }, ...(scope === undefined ? [] : [{ apiKey: [] }])];
			expect([path, operation.security]).toEqual([path, isOpen ? [] : schemes]);
			expect("401" in operation.responses || isOpen).toBe(true);
		}
	});

	it("offers Idempotency-Key and If-Match where they work", () => {
		const refs = (operation: Operation) => (operation.parameters ?? []).map(({ $ref }) => $ref).filter(Boolean);
		expect(refs(find("post", "/orders"))).toEqual(["#/components/parameters/IdempotencyKey"]);
		expect(refs(find("put", "/products/{id}"))).toEqual(["#/components/parameters/IfMatch"]);
		expect(refs(find("get", "/products/{id}"))).toEqual(["#/components/parameters/IfNoneMatch"]);
		expect(refs(find("get", "/products"))).toEqual([]);
	});

	it("promises an ETag of every single resource, and of no list", () => {
		const read = operations.filter(({ method, path }) => method === "get" && path.endsWith("}"));
		const of = ({ operation }: (typeof operations)[number]) => {
			const { content = {}, headers = {} } = operation.responses["200"] ?? {};
			return { isList: JSON.stringify(content).includes('"rows"'), hasTag: "ETag" in headers };
		};
		expect(read.length).toBeGreaterThan(10);
		for (const each of read) expect([each.path, of(each).hasTag]).toEqual([each.path, !of(each).isList]);
	});

	it("has the routes of all actions and no other", async () => {
		const published = (await publishedActions()).flatMap(({ rest = [] }) => [rest].flat());
		const routes = published.map((line) => line.replace(/(?<=.)\/$/, "").replaceAll(/:(\w+)/g, "{$1}"));
		const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
		expect(described.toSorted()).toEqual(routes.toSorted());
	});

	it("says what stands in the head of an answer", () => {
		const headersOf = (operation: Operation, status: string) => Object.keys(operation.responses[status]?.headers ?? {});
		const order = find("post", "/orders");
		expect(headersOf(order, "201")).toEqual(
			expect.arrayContaining(["Location", "ETag", "Idempotency-Replayed", "RateLimit-Remaining", "X-Request-ID"]),
		);
		expect(headersOf(order, "202")).toContain("Location");
		expect(headersOf(order, "202")).not.toContain("ETag");
		for (const status of ["409", "429", "503"]) expect(headersOf(order, status)).toContain("Retry-After");
		expect(headersOf(order, "402")).toContain("Idempotency-Replayed");
		expect(headersOf(order, "401")).toContain("WWW-Authenticate");
		expect(headersOf(find("get", "/products/{id}"), "304")).toContain("ETag");
		expect(Object.keys(find("get", "/products").responses)).not.toContain("304");
	});

	it("shows examples that the contracts take", () => {
		for (const [name, example] of Object.entries(EXAMPLES)) {
			const { params } = ACTIONS.get(name)!;
			const ids = { id: ID, userId: ID, productId: ID };
			const inPath = Object.fromEntries(Object.entries(ids).filter(([field]) => takes(params, field)));
			expect([name, params.safeParse({ ...inPath, ...example }).error?.issues]).toEqual([name, undefined]);
		}
	});

	it("says which bodies are files, and shows no parameter that only the gateway sets", () => {
		const importing = find("post", "/products/import");
		expect(Object.keys(importing.requestBody!.content)).toContain("text/csv");
		expect(Object.keys(find("get", "/products/export").responses["200"]!.content!)).toEqual(["text/csv"]);
		const shown = operations.flatMap(({ operation }) => (operation.parameters ?? []).map(({ name }) => name));
		expect(shown.filter((name) => ["upload", "raw", "headers", "part"].includes(name))).toEqual([]);
	});

	it("leaves out what has no contract", () => {
		const unknown = { name: "nobody.knows", rest: ["GET /nobody"], policy: "open" } as const;
		expect(openApi([unknown], ACTIONS).paths).toEqual({});
	});

	it("tells nothing of hashes", () => {
		expect(JSON.stringify(document)).not.toMatch(/passwordHash|password_hash/);
	});
});

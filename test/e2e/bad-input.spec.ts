import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { watch } from "../support/contents.ts";
import type { Contents } from "../support/contents.ts";
import { openFurnishedShop } from "../support/furnished-shop.ts";
import type { FurnishedShop } from "../support/furnished-shop.ts";
import { speak } from "../support/gateway.ts";
import { problemFaults } from "../support/problem.ts";
import { sendAsIs } from "../support/wire.ts";
import { HEADERS, PATHS, QUERIES } from "./bad-input/addresses.ts";
import { BODIES } from "./bad-input/bodies.ts";
import { FOREIGN, ROLES, TOKENS } from "./bad-input/callers.ts";
import type { Case } from "./bad-input/case.ts";
import { BASKETS, DECIDED, VALUES } from "./bad-input/fields.ts";
import { GARBAGE } from "./bad-input/garbage.ts";

let at: FurnishedShop;
let contents: Contents;
let before: unknown;

beforeAll(async () => {
	at = await openFurnishedShop();
	contents = await watch(at.shop);
	before = await contents.read();
});
afterAll(async () => {
	await contents.close();
	await at.shop.close();
});
afterEach(async () => {
	const was = before;
	before = await contents.read();
	expect(before).toEqual(was);
});

describe.each<[string, readonly Case[]]>([
	["a body", BODIES],
	["a basket", BASKETS],
	["a client that decides", DECIDED],
	["a value:", VALUES],
	["an order by", TOKENS],
	["somebody who", FOREIGN],
	["somebody who may not, and", ROLES],
	["a path", PATHS],
	["a question for", QUERIES],
	["a request with", HEADERS],
])("%s", (_kind, cases) => {
	it.each(cases)("%s is refused, and nothing changed", async (_rule, asking, status, code) => {
		const answer = await sendAsIs(at.shop.gateway, await asking(at));
		const refusal = { status: answer.status, code: answer.body.code, faults: problemFaults(answer) };
		expect(refusal).toEqual({ status, code, faults: [] });
	});
});

describe("a refusal", () => {
	it("names every field that is wrong, and where it stands", async () => {
		const body = { items: [{ productId: "x", quantity: 0, unitPrice: 1 }], total: 1 };
		const { errors } = (await at.shop.send("POST", "/orders", { token: at.ada.token, body })).body;
		const paths = (errors as { path: string }[]).map(({ path }) => path);
		expect(paths.toSorted()).toEqual([
			"items.0.productId",
			"items.0.quantity",
			"items.0.unitPrice",
			"shippingAddress",
			"total",
		]);
	});

	it("of a page beyond 10,000 rows names the cursor", async () => {
		const { body } = await at.shop.send("GET", "/products?page=101&pageSize=100");
		expect(body.errors).toEqual([{ path: "page", message: expect.stringContaining("cursor") }]);
	});

	it("of a method names those that the path answers", async () => {
		const { headers } = await at.shop.send("DELETE", "/products");
		expect(headers.get("allow")?.split(", ").toSorted()).toEqual(["GET", "HEAD", "POST"]);
	});

	it("of a login does not tell whether there is such an account", async () => {
		const of = async (email: string) => {
			const { body } = await at.shop.send("POST", "/auth/login", { body: { email, password: "a wrong password" } });
			return { ...body, requestId: "any" };
		};
		const told = await of("admin@example.com");
		expect(told).toMatchObject({ status: 401, code: "LOGIN_FAILED" });
		expect(await of("nobody@example.com")).toEqual(told);
	});
});

describe("bytes that are no request:", () => {
	it.each(GARBAGE)("%s is answered 400, and the connection closed", async (_what, bytes) => {
		const answer = await speak(Number(new URL(at.shop.gateway).port), bytes);
		expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n\{.*"code":"MALFORMED_REQUEST".*\}$/);
	});

	it("leave the shop open for others", async () => {
		expect((await at.shop.send("GET", "/health")).body.status).toBe("healthy");
	});
});

it("a question for somebody else's orders finds none", async () => {
	const { status, body } = await at.shop.send("GET", `/orders?userId=${at.eve.userId}`, { token: at.ada.token });
	expect([status, body.rows]).toEqual([200, []]);
});

it.each(["/products/", "/products/categories/", "/orders/", "/health/"])("%s is no mistake", async (path) => {
	expect((await at.shop.send("GET", path, { token: at.ada.token })).status).toBe(200);
});

import { describe, expect, it } from "@jest/globals";
import { routeTable } from "./route-table.ts";

const routes = [
	"GET /",
	"GET /products",
	"GET /products/:id",
	"PUT /products/:id",
	"GET /products/categories",
	"PUT /products/categories/:id",
	"GET /orders/:id/events",
	"GET /orders/user/:userId",
	"DELETE /orders/:id",
].map((line) => ({ method: line.split(" ")[0]!, path: line.split(" ")[1]! }));
const table = routeTable(routes);

describe("a route table", () => {
	it.each([
		["GET", "/", "/", {}],
		["GET", "/products", "/products", {}],
		["GET", "/products/42", "/products/:id", { id: "42" }],
		["HEAD", "/products/42", "/products/:id", { id: "42" }],
		["GET", "/products/categories", "/products/categories", {}],
		["PUT", "/products/categories/7", "/products/categories/:id", { id: "7" }],
		["GET", "/orders/user/ada", "/orders/user/:userId", { userId: "ada" }],
		["GET", "/orders/user/events", "/orders/user/:userId", { userId: "events" }],
		["GET", "/orders/7/events", "/orders/:id/events", { id: "7" }],
		["GET", "/products/a%20b%2Fc", "/products/:id", { id: "a b/c" }],
	])("finds %s %s at %s", (method, path, pattern, params) => {
		expect(table.match(method, path)).toEqual({ route: { method: expect.any(String), path: pattern }, params });
	});

	it.each([
		["GET", "/product"],
		["GET", "/products/"],
		["GET", "//products"],
		["GET", "/products/1/2"],
		["GET", "/PRODUCTS"],
		["POST", "/products/1"],
		["PUT", "/products/categories"],
		["OPTIONS", "*"],
	])("finds nothing at %s %s", (method, path) => {
		expect(table.match(method, path)).toBeUndefined();
	});

	it("names the methods of a path, HEAD with GET", () => {
		expect(table.allowed("/products/1")).toEqual(["GET", "PUT", "HEAD"]);
		expect(table.allowed("/orders/1")).toEqual(["DELETE"]);
		expect(table.allowed("/nowhere")).toEqual([]);
		expect(table.allowed("/orders")).toEqual([]);
	});

	it("refuses a parameter that is not percent-encoded UTF-8", () => {
		expect(() => table.match("GET", "/products/%E0%A4%A")).toThrow(
			expect.objectContaining({ type: "MALFORMED_REQUEST" }),
		);
	});

	it("keeps the first of two equal routes", () => {
		const first = { method: "GET", path: "/a/:x" };
		const second = { method: "GET", path: "/a/:y" };
		expect(routeTable([first, second]).match("GET", "/a/1")).toEqual({ route: first, params: { x: "1" } });
	});
});

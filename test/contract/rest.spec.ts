import { beforeAll, describe, expect, it } from "@jest/globals";
import { ACTIONS } from "../../services/contracts/catalogue.ts";
import type { PublishedAction } from "../../services/gateway/gateway.context.ts";
import { publishedActions } from "./published.ts";

/** Every route and who may use it. A route that is not here is not promised; a changed line is a changed promise. */
const PROMISED: Readonly<Record<string, string>> = {
	"POST /auth/register": "open",
	"POST /users/register": "open",
	"POST /auth/login": "open",
	"POST /users/login": "open",
	"POST /auth/refresh": "open",
	"POST /auth/logout": "signed in",
	"POST /auth/logout-all": "signed in",
	"GET /auth/sessions": "signed in",
	"GET /.well-known/jwks.json": "open",
	"GET /users/:id": "own id",
	"PUT /users/:id": "own id",
	"DELETE /users/:id": "own id",
	"PUT /users/:id/role": "admin",
	"GET /users/:userId/orders": "own userId",
	"GET /products": "open",
	"GET /products/:id": "open",
	"POST /products": "vendor, admin",
	"PUT /products/:id": "vendor, admin",
	"DELETE /products/:id": "vendor, admin",
	"GET /products/categories": "open",
	"POST /products/categories": "admin",
	"PUT /products/categories/:id": "admin",
	"DELETE /products/categories/:id": "admin",
	"GET /inventory/:productId": "vendor, admin",
	"PUT /inventory/:productId": "vendor, admin",
	"GET /inventory/:productId/movements": "vendor, admin",
	"POST /orders": "signed in",
	"GET /orders": "signed in",
	"GET /orders/:id": "signed in",
	"GET /orders/:id/events": "signed in",
	"GET /orders/user/:userId": "own userId",
	"PUT /orders/:id/status": "admin",
	"POST /orders/:id/cancel": "signed in",
	"DELETE /orders/:id": "signed in",
	"POST /payments/process": "signed in",
	"GET /payments/:id": "signed in",
	"GET /payments/user/:userId": "own userId",
	"POST /payments/refund": "admin",
	"GET /operations/dead-letters": "admin",
	"POST /operations/dead-letters/:id/replay": "admin",
	"DELETE /operations/dead-letters/:id": "admin",
	"GET /operations/sagas": "admin",
	"POST /operations/sagas/:id/retry": "admin",
	"GET /operations/integrity": "admin",
	"GET /health": "open",
	"GET /health/live": "open",
	"GET /health/ready": "open",
	"GET /services": "open",
};

/** What creates money, stock or orders takes an Idempotency-Key. */
const IDEMPOTENT = [
	"orders.place",
	"orders.pay",
	"orders.cancel",
	"payments.refund",
	"products.create",
	"products.adjustInventory",
];

let published: PublishedAction[];
beforeAll(async () => {
	published = await publishedActions();
});

const linesOf = ({ rest = [] }: PublishedAction) => [rest].flat();

function who({ policy = "open" }: PublishedAction): string {
	if (policy === "open") return "open";
	if ("own" in policy) return `own ${policy.own}`;
	return policy.roles.length === 3 ? "signed in" : policy.roles.join(", ");
}

describe("the routes of all services", () => {
	it("are the promised ones, for whom they are promised", () => {
		const routes = published.flatMap((action) =>
			linesOf(action).map((line) => [line.replace(/(?<=.)\/$/, ""), who(action)]),
		);
		expect(Object.fromEntries(routes)).toEqual(PROMISED);
		expect(routes).toHaveLength(Object.keys(PROMISED).length);
	});

	it("are described by a contract of the same name", () => {
		const withoutContract = published.filter((action) => {
			const { contract } = action as unknown as { contract: () => unknown };
			return contract() !== ACTIONS.get(action.name);
		});
		expect(withoutContract.map(({ name }) => name)).toEqual([]);
	});

	it("accept an Idempotency-Key where money, stock or orders come into being", () => {
		const idempotent = published.filter((action) => action.idempotent === true).map(({ name }) => name);
		expect(idempotent).toEqual(expect.arrayContaining(IDEMPOTENT));
	});

	it("answer 201 with a location to what they create", () => {
		const created = published.filter(({ status }) => status === 201);
		expect(created.map(({ name, location }) => [name, location?.includes(":id")])).toEqual(
			created.map(({ name }) => [name, true]),
		);
	});
});

import { beforeAll, describe, expect, it } from "@jest/globals";
import { ACTIONS } from "../../services/contracts/catalogue.ts";
import type { PublishedAction } from "../../services/gateway/gateway.context.ts";
import { POLICY_TABLE } from "../security/policy-table.ts";
import { publishedActions } from "./published.ts";

/** What creates money, stock or orders takes an Idempotency-Key. */
const IDEMPOTENT = [
	"orders.place",
	"orders.pay",
	"orders.cancel",
	"orders.requestReturn",
	"orders.acceptReturn",
	"payments.refund",
	"products.create",
	"products.adjustInventory",
];

let published: PublishedAction[];
beforeAll(async () => {
	published = await publishedActions();
});

const linesOf = ({ rest = [] }: PublishedAction) => [rest].flat();

/** What a line of the policy table asks of the action's own declaration; whose row it is, storage decides. */
const DECLARED: Readonly<Record<string, string>> = {
	mine: "signed in",
	"mine alone": "signed in",
	"vendor's": "staff",
};
const ROLES: Readonly<Record<string, string>> = {
	"customer, vendor, admin": "signed in",
	customer: "customer",
	"vendor, admin": "staff",
	admin: "admin",
};

function who({ policy = "open" }: PublishedAction): string {
	if (policy === "open") return "open";
	const scope = policy.scope === undefined ? "" : ` or ${policy.scope}`;
	return `${"own" in policy ? "own" : String(ROLES[policy.roles.join(", ")])}${scope}`;
}

describe("the routes of all services", () => {
	it("are the promised ones, for whom they are promised", () => {
		const routes = published.flatMap((action) =>
			linesOf(action).map((line) => [line.replace(/(?<=.)\/$/, "").replaceAll(/:(\w+)/g, "{$1}"), who(action)]),
		);
		const promised = Object.entries(POLICY_TABLE).map(([route, given]) => [route, DECLARED[given] ?? given]);
		expect(Object.fromEntries(routes)).toEqual(Object.fromEntries(promised));
		expect(routes).toHaveLength(promised.length);
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

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { cutDown, plant, report, repository } from "./planted-tree.ts";
import type { Tree } from "./planted-tree.ts";

interface Violation {
	readonly from: string;
	readonly to: string;
	readonly rule: { readonly name: string };
}

interface Summary {
	readonly violations: readonly Violation[];
	readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string; readonly comment?: string }[] };
}

type Planted = readonly [rule: string, file: string, code: string];

const planted: readonly Planted[] = [
	["services-meet-in-contracts", "services/orders/actions/a.ts", `import "../../payments/actions/refund.ts";`],
	["services-meet-in-contracts", "services/orders/a.spec.ts", `import "../payments/payments.service.ts";`],
	["contracts-stand-alone", "services/contracts/a.ts", `import "../orders/domain/order.ts";`],
	["contracts-stand-alone", "services/contracts/b.ts", `import "../../mixins/sql.ts";`],
	["contracts-stand-alone", "services/contracts/c.ts", `import "uuid";`],
	["domain-is-pure", "services/orders/domain/a.ts", `import "node:crypto";`],
	["domain-is-pure", "services/orders/domain/b.ts", `import "uuid";`],
	["domain-is-pure", "services/orders/domain/c.ts", `import "../storage/orders.ts";`],
	["domain-is-pure", "services/orders/domain/d.ts", `import type { Pool } from "pg";`],
	["handlers-do-not-store", "services/orders/actions/b.ts", `import "pg";`],
	["handlers-do-not-store", "services/orders/actions/c.ts", `import "sequelize";`],
	["handlers-do-not-store", "services/orders/consumers/a.ts", `import "moleculer-db";`],
	["handlers-do-not-store", "services/orders/consumers/b.ts", `import "moleculer-db-adapter-sequelize";`],
	["handlers-do-not-store", "services/orders/sagas/a.ts", `import "umzug";`],
	["handlers-do-not-store", "services/orders/sagas/b.ts", `import "ioredis";`],
	["mixins-know-no-business", "mixins/a.ts", `import "../services/orders/domain/order.ts";`],
	["schema-is-the-root", "services/orders/actions/d.ts", `import "../orders.service.ts";`],
	["schema-is-the-root", "bin/start.ts", `import "../services/orders/orders.service.ts";`],
	["only-the-gateway-speaks-http", "services/orders/actions/e.ts", `import "moleculer-web";`],
	["only-the-gateway-speaks-http", "services/orders/actions/f.ts", `import "node:http";`],
	["only-the-gateway-speaks-http", "mixins/b.ts", `import "helmet";`],
	["commands-are-the-edge", "mixins/c.ts", `import "../bin/postgres/launcher.ts";`],
	["tests-are-not-imported", "services/orders/actions/g.ts", `import "../../../test/database/rows.ts";`],
	["tests-are-not-imported", "mixins/d.ts", `import "./d.spec.ts";`],
	["tests-are-not-imported", "mixins/f.ts", `import "./f.fixture.ts";`],
	["no-cycles", "services/orders/domain/egg.ts", `import "./hen.ts";`],
	["no-orphans", "mixins/unused.ts", `import "moleculer";`],
	["no-dev-dependencies-in-production", "services/orders/actions/h.ts", `import "undici";`],
	["no-unlisted-packages", "services/orders/actions/i.ts", `import "etag";`],
];

/** The same imports where they belong: a rule that forbids too much is as wrong as a silent one. */
const belonging: readonly (readonly [file: string, code: string])[] = [
	["services/orders/actions/j.ts", `import "../../contracts/payments.ts"; import "../storage/orders.ts";`],
	["services/orders/orders.context.ts", `import type { PoolClient } from "pg";`],
	["services/orders/storage/b.ts", `import "pg"; import "node:crypto";`],
	["services/orders/migrations/0001-create.ts", `import "umzug";`],
	[
		"services/orders/orders.spec.ts",
		`import "./orders.service.ts"; import "../../test/database/rows.ts"; import "undici";`,
	],
	["services/orders/domain/e.ts", `import "../../contracts/payments.ts"; import "./order.ts";`],
	["services/contracts/d.ts", `import "zod"; import "./payments.ts";`],
	["services/gateway/routes.ts", `import "moleculer-web"; import "node:http";`],
	["services/node/http/pages.ts", `import "node:http";`],
	["mixins/e.ts", `import "pg"; import "../services/contracts/event.ts";`],
	["mixins/unused.spec.ts", `import "./unused.ts";`],
	["bin/postgres/crash.fixture.ts", `import "undici"; import "./launcher.ts";`],
	["bench/floor.ts", `import "pg"; import "fastify";`],
];

/** The other half of a cycle, which is reported once, at the file that comes first. */
const hen: Tree = { "services/orders/domain/hen.ts": `import "./egg.ts";` };

/** Every file planted, an empty one for each they import, and a command that imports all but the orphan. */
function grow(): Tree {
	const files = [...planted.map(([, file, code]) => [file, code] as const), ...belonging];
	const imported = files.flatMap(([file, code]) =>
		[...code.matchAll(/"([.][^"]+)"/g)].map(([, target]) => [join(file, "..", target ?? ""), "export {};"] as const),
	);
	const reached = files.map(([file]) => file).filter((file) => !/unused|[.](spec|fixture|service)[.]ts$/.test(file));
	const command = reached.map((file) => `import "../${file}";`).join("\n");

	return { ...Object.fromEntries([...imported, ...files]), ...hen, "bin/everything.ts": command };
}

async function cruise(folder: string): Promise<Summary> {
	const program = "dependency-cruiser/bin/dependency-cruise.mjs";
	const { summary } = await report<{ summary: Summary }>(folder, program, ".", "--output-type", "json");
	return summary;
}

describe("the import rules", () => {
	let folder = "";
	let summary: Summary;
	const brokenBy = (file: string) => [
		...new Set(summary.violations.filter(({ from }) => from === file).map(({ rule }) => rule.name)),
	];

	beforeAll(async () => {
		folder = await plant(grow());
		summary = await cruise(folder);
	});
	afterAll(() => cutDown(folder));

	it.each(planted)("%s, and no other, refuses %s: %s", (rule, file) => {
		expect(brokenBy(file)).toEqual([rule]);
	});

	it.each(belonging)("none refuses %s: %s", (file) => {
		expect(brokenBy(file)).toEqual([]);
	});

	it("each have a planted violation and a reason", () => {
		const { forbidden } = summary.ruleSetUsed;

		expect(new Set(planted.map(([rule]) => rule))).toEqual(new Set(forbidden.map(({ name }) => name)));
		expect(forbidden.filter(({ comment }) => !comment)).toEqual([]);
	});

	it("hold for the repository", async () => {
		const { violations } = await cruise(repository);

		expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
	});
});

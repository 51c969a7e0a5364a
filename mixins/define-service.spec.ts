import { describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import { z } from "zod";
import { defineAction } from "../services/contracts/action.ts";
import { OPEN, SIGNED_IN } from "../services/contracts/policy.ts";
import { action, defineMixin, defineService, internal, query } from "./define-service.ts";

const Look = defineAction("shop.look", { summary: "Looks.", params: z.object({}), result: z.string() });
const look = async () => "looked";

describe("an action", () => {
	it("is published when it has a path and a policy", () => {
		expect(action(Look, { rest: "GET /shop", policy: OPEN, status: 202 }, look)).toMatchObject({
			visibility: "published",
			rest: ["GET /shop"],
			policy: "open",
			status: 202,
		});
	});

	it("may have several paths", () => {
		const rest = ["GET /shop", "GET /market"];

		expect(action(Look, { rest, policy: SIGNED_IN }, look)).toMatchObject({ rest, policy: SIGNED_IN });
	});

	it.each([
		["without a policy", action(Look, { rest: "GET /shop" }, look)],
		["without a path", action(Look, { policy: OPEN }, look)],
		["when it is internal", internal(Look, look)],
	])("cannot be reached from outside %s", (_why, schema) => {
		expect(schema).toMatchObject({ visibility: "public" });
		expect(schema).not.toHaveProperty("rest");
	});

	it.each([
		["a published question", action(Look, { rest: ["GET /shop", "GET /market"], policy: OPEN }, look), "always"],
		["a question of other services", query(Look, look), "always"],
		["a command with a key", action(Look, { rest: "POST /shop", policy: OPEN, idempotent: true }, look), "keyed"],
		["a published command", action(Look, { rest: ["GET /shop", "POST /shop"], policy: OPEN }, look), undefined],
		["a command of other services", internal(Look, look), undefined],
	])("says when it may be repeated: %s", (_what, schema, repeatable) => {
		expect((schema as { repeatable?: string }).repeatable).toBe(repeatable);
	});

	it("carries its contract as a function, which a broker's cloning of schemas leaves whole", async () => {
		const broker = new ServiceBroker({ logger: false });
		const service = broker.createService(defineService({ name: "shop", actions: { look: internal(Look, look) } }));
		const { contract } = service.schema.actions?.["look"] as unknown as { contract: () => unknown };

		expect(contract()).toBe(Look);
	});
});

describe("a service", () => {
	const started = async (schema: object) => {
		const broker = new ServiceBroker({ logger: false });
		const service = broker.createService(defineService({ name: "shop", ...schema }));
		await broker.start();
		return { broker, service };
	};

	it("has a clock, and ids that sort by the moment they were made", async () => {
		const { broker, service } = await started({});
		const ids = Array.from({ length: 100 }, () => service.newId());

		expect(Math.abs(service.now().getTime() - Date.now())).toBeLessThan(1_000);
		expect(new Set(ids).size).toBe(100);
		expect([...ids].sort()).toEqual(ids);
		await broker.stop();
	});

	it("lets a test replace its clock", async () => {
		const now = () => new Date(0);
		const { broker, service } = await started({ methods: { now } });

		expect(service.now().getTime()).toBe(0);
		await broker.stop();
	});

	it("writes the paths of its actions in full, unless it says otherwise", () => {
		expect(defineService({ name: "shop" }).settings).toEqual({ rest: "/" });
		expect(defineService({ name: "shop", settings: { rest: "/v2" } }).settings).toEqual({ rest: "/v2" });
	});

	it("starts its mixins in their order and stops them in reverse", async () => {
		const log: string[] = [];
		const mixin = (name: string) =>
			defineMixin({
				created: () => void log.push(`${name} created`),
				started: () => void log.push(`${name} started`),
				stopped: () => void log.push(`${name} stopped`),
			});
		const { broker } = await started({
			mixins: [mixin("sql"), mixin("outbox")],
			started: () => void log.push("itself"),
		});
		await broker.stop();

		expect(log).toEqual([
			"sql created",
			"outbox created",
			"sql started",
			"outbox started",
			"itself",
			"outbox stopped",
			"sql stopped",
		]);
	});
});

import type { Service, ServiceBroker } from "moleculer";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startBroker } from "../test/support/broker.ts";
import { execute, freshDatabase } from "../test/support/database.ts";
import type { TestDatabase } from "../test/support/database.ts";
import { defineService } from "./define-service.ts";
import type { Documents } from "./documents/documents.ts";
import { DOCUMENTS_TABLES, documentCollection } from "./documents/jsonb/tables.ts";
import { lagOf } from "./documents/lag.ts";
import { thing, THINGS } from "./documents/things.fixture.ts";
import type { Thing } from "./documents/things.fixture.ts";
import { documents } from "./documents.mixin.ts";
import { metrics } from "./metrics/metrics.middleware.ts";
import { metricsOf } from "./metrics/registry.ts";
import { sql } from "./sql.mixin.ts";

type Shelves = Service & { readonly things: Documents<Thing> };

describe("a service with documents", () => {
	let database: TestDatabase;
	let broker: ServiceBroker;
	let service: Shelves;
	/** Nothing listens on port 1. */
	const away = { url: "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100", database: "nowhere" };

	beforeAll(async () => {
		database = await freshDatabase();
		await execute(database.url, `${DOCUMENTS_TABLES} ${documentCollection(THINGS)}`);
		const schema = (name: string, mongodb: typeof away | undefined) =>
			defineService({
				name,
				mixins: [sql({ url: () => database.url }), documents({ collection: THINGS, mongodb: () => mongodb })],
			});
		const schemas = [schema("shelves", undefined), schema("waiting", away)];
		broker = await startBroker(schemas, { middlewares: [metrics()] });
		service = broker.getLocalService("shelves") as Shelves;
	});
	afterAll(async () => {
		await broker.stop();
		await database.drop();
	});

	it("has them under the name of their collection", async () => {
		await service.things.put("a", 1, thing("a"));

		expect(await service.things.get("a")).toEqual({ id: "a", version: 1, document: thing("a") });
	});

	it("starts while MongoDB is away, and says with each call that it is", async () => {
		const { things } = broker.getLocalService("waiting") as Shelves;

		await expect(things.get("a")).rejects.toMatchObject({ type: "SERVICE_BUSY", retryable: true });
		expect(await things.health()).toBe("degraded");
	});

	it("shows the lag of a projection among its metrics", async () => {
		const lag = lagOf(broker, "things");
		const now = new Date();
		lag.observe(new Date(now.getTime() - 2_500).toISOString(), now);

		const gauge = metricsOf(broker)
			?.all()
			.find(({ name }) => name === "stoa_projection_lag_seconds");
		expect(gauge?.get().values).toEqual([{ labels: { projection: "things" }, value: 2.5 }]);
	});
});

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { startBroker } from "../test/support/broker.ts";
import { until } from "../test/support/wait.ts";
import { countersDatabase } from "./counters.fixture.ts";
import type { CountersDatabase } from "./counters.fixture.ts";
import { defineService } from "./define-service.ts";
import { purge, purging } from "./sql/purge.ts";
import { sql } from "./sql.mixin.ts";
import type { SqlMethods } from "./sql.mixin.ts";
import { upkeep } from "./upkeep.mixin.ts";

const PURGE = purging("spec.purge", "leftovers", "where id > 0");

describe("a service with chores", () => {
	let database: CountersDatabase;
	let broker: ServiceBroker;
	let turns = 0;
	const chores = [
		{ name: "fail", everyMs: 10, work: () => Promise.reject(new Error(`turn ${++turns}`)) },
		{ name: "empty the table", everyMs: 60_000, work: ({ db }: SqlMethods) => purge(db, PURGE) },
	];

	beforeAll(async () => {
		database = await countersDatabase();
		await database.rows("create table leftovers (id int)");
		await database.rows("insert into leftovers select generate_series(0, 2500)");
		const schema = defineService({ name: "chores", mixins: [sql({ url: () => database.url }), upkeep(() => chores)] });
		broker = await startBroker([schema]);
	});
	afterAll(async () => {
		await broker.stop();
		await database.close();
	});

	it("deletes batch after batch until nothing is left", async () => {
		await until(async () => (await database.rows("select id from leftovers")).length === 1);

		expect(await database.rows("select id from leftovers")).toEqual([{ id: 0 }]);
	});

	it("tries a chore that failed again at its next turn", async () => {
		await until(() => turns > 2);
	});

	it("ends its chores before it stops", async () => {
		await broker.stop();
		const before = turns;
		await broker.start();
		await until(() => turns > before);
	});
});

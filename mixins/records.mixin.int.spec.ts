import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import type { Service, ServiceSchema } from "moleculer";
import { DataTypes } from "sequelize";
import { execute, freshDatabase } from "../test/support/database.ts";
import type { TestDatabase } from "../test/support/database.ts";
import { defineService } from "./define-service.ts";
import { records } from "./records.mixin.ts";

const byId: Record<string, unknown> = { idField: "id" };

/** A broker whose cacher would keep what it reads. */
async function startBroker(schemas: readonly ServiceSchema[]): Promise<ServiceBroker> {
	const broker = new ServiceBroker({ logger: false, cacher: "Memory" });
	for (const schema of schemas) broker.createService(schema);
	await broker.start();
	return broker;
}

type Read = (params: object) => Promise<unknown>;

describe("a service with records", () => {
	let database: TestDatabase;
	let broker: ServiceBroker;
	let service: Service;
	const read = (action: string, params: object = {}) => (service.actions[action] as unknown as Read)(params);

	beforeAll(async () => {
		database = await freshDatabase();
		await execute(
			database.url,
			`create table shelves (id integer primary key, long_name text not null, secret text);
			insert into shelves values (1, 'one', 'x'), (2, 'two', 'x'), (3, 'three', 'y')`,
		);
		const attributes = () => ({ id: { type: DataTypes.INTEGER, primaryKey: true }, longName: DataTypes.TEXT });
		const mixins = [records({ table: "shelves", attributes, url: () => database.url })];
		broker = await startBroker([defineService({ name: "shelves", settings: byId, mixins })]);
		service = broker.getLocalService("shelves");
	});
	afterAll(async () => {
		await broker.stop();
		await database.drop();
	});

	it("finds the rows of a table that a migration made", async () => {
		expect(await read("find", { query: { longName: "two" } })).toEqual([{ id: 2, longName: "two" }]);
	});

	it("shows no column but those it was given", async () => {
		expect(await read("find", { query: { id: 1 } })).toEqual([{ id: 1, longName: "one" }]);
		expect(await read("find", { query: { id: 1 }, fields: ["id", "secret"] })).toEqual([{ id: 1 }]);
	});

	it("shows a write that went past it, though the broker has a cacher", async () => {
		const counts = async () => [((await read("find")) as unknown[]).length, await read("count")];
		const before = await counts();
		await execute(database.url, "insert into shelves values (4, 'four', 'z')");

		expect([before, await counts()]).toEqual([
			[3, 3],
			[4, 4],
		]);
		await execute(database.url, "delete from shelves where id = 4");
	});

	it("has no action that writes, nor any other of moleculer-db", () => {
		expect(
			Object.keys(service.schema.actions ?? {})
				.filter((name) => service.actions[name] !== undefined)
				.sort(),
		).toEqual(["count", "find"]);
	});

	it.each(["find", "count"])("cannot be asked from outside: %s", async (action) => {
		await expect(broker.call(`shelves.${action}`, {})).rejects.toMatchObject({ type: "SERVICE_NOT_FOUND" });
	});

	it.each(["list", "create", "insert", "get", "resolve", "update", "remove"])("does not answer %s", async (action) => {
		await expect(broker.call(`shelves.${action}`, { id: 1 })).rejects.toMatchObject({ type: "SERVICE_NOT_FOUND" });
	});

	it("leaves the parameters of the service's own actions alone", async () => {
		const attributes = () => ({ id: { type: DataTypes.INTEGER, primaryKey: true } });
		const mixins = [records({ table: "shelves", attributes, url: () => database.url })];
		const list = () => Promise.resolve("its own");
		const other = await startBroker([defineService({ name: "own", settings: byId, mixins, actions: { list } })]);

		expect(await other.call("own.list", { page: -1 })).toBe("its own");
		await other.stop();
	});

	it("creates no table", async () => {
		const attributes = () => ({ id: { type: DataTypes.INTEGER, primaryKey: true } });
		const mixins = [records({ table: "nowhere", attributes, url: () => database.url })];
		const other = await startBroker([defineService({ name: "nowhere", mixins })]);

		await expect(execute(database.url, "select from nowhere")).rejects.toThrow('relation "nowhere" does not exist');
		await other.stop();
	});

	it("opens one connection pool for each service, and closes it when it stops", async () => {
		const mixin = (table: string, url: string) =>
			records({ table, url: () => url, attributes: () => ({ id: { type: DataTypes.INTEGER, primaryKey: true } }) });
		const other = await freshDatabase();
		await execute(other.url, "create table boxes (id integer primary key); insert into boxes values (7)");
		const both = await startBroker([
			defineService({ name: "boxes", mixins: [mixin("boxes", other.url)] }),
			defineService({ name: "shelves", mixins: [mixin("shelves", database.url)] }),
		]);
		const boxes = both.getLocalService("boxes");

		expect(await (boxes.actions["find"] as unknown as Read)({})).toMatchObject([{ id: 7 }]);
		await both.stop();
		await expect((boxes.actions["find"] as unknown as Read)({})).rejects.toThrow(
			"ConnectionManager.getConnection was called after",
		);
		await other.drop();
	});
});

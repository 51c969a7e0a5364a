import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startBroker } from "../test/support/broker.ts";
import { freshDatabase } from "../test/support/database.ts";
import type { TestDatabase } from "../test/support/database.ts";
import { defineService } from "./define-service.ts";
import { statement } from "./sql/database.ts";
import { sql } from "./sql.mixin.ts";
import type { SqlMethods } from "./sql.mixin.ts";

const NAME = statement<{ name: string; pool: string }>(
	"spec.name",
	"select current_setting('application_name') as name",
);

describe("a service with sql", () => {
	let database: TestDatabase;
	beforeAll(async () => (database = await freshDatabase()));
	afterAll(() => database.drop());

	it("reads its URL when it is created, shows the server its name, and closes the pool when it stops", async () => {
		let url = "";
		const schema = defineService({ name: "shop", mixins: [sql({ url: () => url, poolSize: 1 })] });
		({ url } = database);
		const broker = await startBroker([schema]);
		const { db } = broker.getLocalService("shop") as unknown as SqlMethods;

		expect(await db.query(NAME)).toEqual([{ name: "stoa-shop" }]);
		await broker.stop();
		await expect(db.query(NAME)).rejects.toThrow("after calling end on the pool");
	});
});

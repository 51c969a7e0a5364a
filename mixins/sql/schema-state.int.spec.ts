import { expect, it } from "@jest/globals";
import { freshDatabase, migrationsOf, serverUrl } from "../../test/support/database.ts";
import { withDatabase } from "./database-url.ts";
import { missingMigrations } from "./schema-state.ts";

const folder = migrationsOf("users");

it("lacks nothing when it is migrated", async () => {
	const database = await freshDatabase("users");

	expect(await missingMigrations(database.url, folder)).toEqual([]);
	await database.drop();
});

it("lacks every migration when it is empty or not there at all", async () => {
	const database = await freshDatabase();
	const all = expect.arrayContaining(["0001-create-users.ts"]);

	expect(await missingMigrations(database.url, folder)).toEqual(all);
	expect(await missingMigrations(withDatabase(serverUrl(), "never_made"), folder)).toEqual(all);
	await database.drop();
});

it("is not known when the server is out of reach", async () => {
	await expect(missingMigrations("postgres://127.0.0.1:1/users", folder)).rejects.toThrow("ECONNREFUSED");
});

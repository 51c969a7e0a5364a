import { describe, expect, it } from "@jest/globals";
import { databaseUrl, withDatabase } from "./database-url.ts";

const own = { ORDER_DATABASE_URL: "postgres://own/shop" };
const server = { DATABASE_URL: "postgres://u:p@server:6000/any?sslmode=require" };
const postgres = { POSTGRES_URL: "postgres://pg" };
const parts = { DB_HOST: "host", DB_PORT: "6001", DB_USER: "me", DB_PASSWORD: "p@ss/word" };

describe("databaseUrl", () => {
	it.each([
		["the service's own URL, as it is", { ...own, ...server, ...postgres, ...parts }, "postgres://own/shop"],
		[
			"the server of DATABASE_URL",
			{ ...server, ...postgres, ...parts },
			"postgres://u:p@server:6000/stoa_orders?sslmode=require",
		],
		["the server of POSTGRES_URL", { ...postgres, ...parts }, "postgres://pg/stoa_orders"],
		["the server that the parts name", parts, "postgres://me:p%40ss%2Fword@host:6001/stoa_orders"],
		[
			"the database that the parts name",
			{ ...parts, DB_NAME: "shop" },
			"postgres://me:p%40ss%2Fword@host:6001/shop_orders",
		],
		[
			"the server's own database, whatever the parts name",
			{ ...server, DB_NAME: "shop" },
			"postgres://u:p@server:6000/stoa_orders?sslmode=require",
		],
		["the usual port and user", { DB_HOST: "host" }, "postgres://postgres@host:5432/stoa_orders"],
		[
			"the next that is not empty",
			{ ORDER_DATABASE_URL: "", DATABASE_URL: "", ...postgres },
			"postgres://pg/stoa_orders",
		],
	])("chooses %s", (_what, env, url) => {
		expect(databaseUrl("orders", env)).toBe(url);
	});

	it("is undefined when nothing names a server", () => {
		expect(
			databaseUrl("orders", { ...own, ORDER_DATABASE_URL: "", USER_DATABASE_URL: "postgres://other" }),
		).toBeUndefined();
	});
});

describe("withDatabase", () => {
	it("keeps all of the server but the database", () => {
		expect(withDatabase("postgres://u:p@server:6000/one?a=b", "two")).toBe("postgres://u:p@server:6000/two?a=b");
	});

	it("says which variable is no URL", () => {
		expect(() => databaseUrl("orders", { DATABASE_URL: "nonsense" })).toThrow("DATABASE_URL: is a URL");
	});
});

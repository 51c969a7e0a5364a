import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { execute, serverUrl } from "../../test/support/database.ts";
import { withDatabase } from "./database-url.ts";
import { migrate } from "./migrate.ts";

describe("migrate", () => {
	let folder = "";
	let name = "";
	let url = "";

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "migrations-"));
		name = `test_Migrate-${randomBytes(6).toString("hex")}`;
		url = withDatabase(serverUrl(), name);
	});
	afterEach(async () => {
		await execute(serverUrl(), `drop database if exists "${name}" with (force)`);
		await rm(folder, { recursive: true });
	});

	const write = (file: string, sql: string) =>
		writeFile(join(folder, file), `export default ${JSON.stringify(sql)};\n`);
	async function rows(text: string): Promise<unknown[]> {
		const client = new Client({ connectionString: url });
		await client.connect();
		const answer = await client.query<unknown[]>({ text, rowMode: "array" }).finally(() => client.end());
		return answer.rows.flat();
	}

	it("creates the database and runs each file once, in the order of their numbers", async () => {
		await write("0002-fill.ts", "insert into shelves values ('a')");
		await write("0001-create.ts", "create table shelves (name text)");
		await write("notes.ts", "not a migration");
		const log: string[] = [];

		expect(await migrate({ url, folder, log: (line) => log.push(line) })).toEqual(["0001-create.ts", "0002-fill.ts"]);
		expect(log).toEqual(["migrated 0001-create.ts", "migrated 0002-fill.ts"]);
		expect(await migrate({ url, folder })).toEqual([]);
		expect(await rows("select name from shelves")).toEqual(["a"]);
	});

	it("runs what was added since", async () => {
		await write("0001-create.ts", "create table shelves (name text)");
		await migrate({ url, folder });
		await write("0002-fill.ts", "insert into shelves values ('a')");

		expect(await migrate({ url, folder })).toEqual(["0002-fill.ts"]);
	});

	it("runs each file once when several nodes start at the same time", async () => {
		await write("0001-create.ts", "create table shelves (name text); select pg_sleep(0.05)");
		await write("0002-fill.ts", "insert into shelves values ('a')");
		const ran = await Promise.all(Array.from({ length: 4 }, () => migrate({ url, folder })));

		expect(ran.flat().sort()).toEqual(["0001-create.ts", "0002-fill.ts"]);
		expect(await rows("select name from shelves")).toEqual(["a"]);
	});

	it("leaves nothing of a migration that fails, names it, and keeps those before", async () => {
		await write("0001-create.ts", "create table shelves (name text)");
		await write("0002-fill.ts", "insert into shelves values ('a'); insert into nowhere values (1)");

		await expect(migrate({ url, folder })).rejects.toThrow(/0002-fill[.]ts.*"nowhere" does not exist/s);
		expect(await rows("select name from shelves")).toEqual([]);
		expect(await rows("select name from migrations")).toEqual(["0001-create.ts"]);
	});

	it("leaves nothing of a migration that it cannot write down", async () => {
		const forgetful = "insert into migrations (name) values ('0001-create.ts')";
		await write("0001-create.ts", `create table shelves (name text); ${forgetful}`);

		await expect(migrate({ url, folder })).rejects.toThrow("migrations_pkey");
		expect(await rows("select to_regclass('shelves')")).toEqual([null]);
	});
});

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Client } from "pg";
import { execute, freshDatabase } from "../../../test/support/database.ts";
import { openDatabase } from "../../sql/database.ts";
import { defineCollection } from "../collection.ts";
import { keepsDocuments, listsDocuments } from "../documents.conformance.fixture.ts";
import { openDocuments } from "../open-documents.ts";
import { planOf } from "../query.ts";
import type { Listing } from "../query.ts";
import { rebuildsDocuments } from "../rebuild.conformance.fixture.ts";
import { entry, thing, THINGS } from "../things.fixture.ts";
import type { Subject, Thing } from "../things.fixture.ts";
import { listing } from "./lists.ts";
import { DOCUMENTS_TABLES, documentCollection } from "./tables.ts";

async function openThings() {
	const database = await freshDatabase();
	await execute(database.url, `${DOCUMENTS_TABLES} ${documentCollection(THINGS)}`);
	const db = openDatabase({ url: database.url, applicationName: "spec" });
	const documents = openDocuments<Thing>(THINGS, { db, mongodb: undefined });
	const close = async () => {
		await documents.close();
		await db.close();
		await database.drop();
	};
	return { url: database.url, db, documents, close };
}

async function open(): Promise<Subject> {
	const { url, documents, close } = await openThings();
	const ageRebuild = () =>
		execute(url, "update document_collections set renewed_at = now() - interval '2 minutes' where rebuild is not null");
	const clear = () => execute(url, "delete from documents");
	return { documents, ageRebuild, clear, close };
}

describe("documents in PostgreSQL", () => {
	keepsDocuments(open);
	listsDocuments(open);
	rebuildsDocuments(open, true);

	let things: Awaited<ReturnType<typeof openThings>>;
	beforeAll(async () => void (things = await openThings()));
	afterAll(() => things.close());

	it("are written with the transaction they are given, or not at all", async () => {
		const { db, documents } = things;
		const undone = db.transaction(async (tx) => {
			await documents.put("a", 1, thing("undone"), tx);
			await documents.remove("b", 1, tx);
			throw new Error("Changed my mind.");
		});
		await expect(undone).rejects.toThrow("Changed my mind.");
		expect(await documents.put("b", 1, thing("b"))).toBe(true);

		await db.transaction((tx) => documents.put("a", 1, thing("done"), tx));
		expect(await documents.get("a")).toMatchObject({ document: { name: "done" } });
	});

	it("need their collection in a migration", async () => {
		const unknown = openDocuments(defineCollection({ ...THINGS, name: "strangers" }), {
			db: things.db,
			mongodb: undefined,
		});

		await expect(unknown.put("a", 1, thing("a"))).rejects.toThrow("documentCollection for strangers");
	});

	it("leave no row of an earlier rebuild behind", async () => {
		const { db, documents, url } = things;
		await execute(url, "insert into documents (collection, generation, id, version) values ('things', 99, 'left', 1)");
		for (const id of ["x", "y"]) await documents.rebuild(source(id));

		const generations = await db.query<{ generation: number }>({
			name: "spec.generations",
			text: "select distinct generation from documents",
		});
		expect(generations).toHaveLength(1);
	});

	it("are always healthy: the database is asked for its own health", async () => {
		expect(await things.documents.health()).toBe("healthy");
	});
});

async function* source(id: string) {
	yield [entry(id)];
}

describe("a list of many documents in PostgreSQL", () => {
	let things: Awaited<ReturnType<typeof openThings>>;
	let client: Client;
	beforeAll(async () => {
		things = await openThings();
		await execute(
			things.url,
			`insert into documents select 'things', 1, lpad(n::text, 6, '0'), 1, case when n % 3 > 0 then
				jsonb_build_object('name', 'n' || n % 997, 'price', n % 1009, 'tags', json_build_array('t' || n % 500)) end
			from generate_series(1, 20000) as n;
			analyze documents`,
		);
		client = new Client({ connectionString: things.url });
		await client.connect();
		await client.query("set plan_cache_mode = force_generic_plan");
	});
	afterAll(async () => {
		await client.end();
		await things.close();
	});

	/** The plan as PostgreSQL makes it for any parameters. */
	async function planOfList(asked: Listing): Promise<string> {
		const { wanted, values } = listing("things", planOf(THINGS, asked));
		const name = `p${Math.random().toString(36).slice(2)}`;
		await client.query(`prepare ${name} as ${wanted.text}`);
		const parameters = values.map((value) => client.escapeLiteral(String(value))).join(", ");
		const { rows } = await client.query<{ "QUERY PLAN": string }>(
			`explain (costs off) execute ${name} (${parameters})`,
		);
		return rows.map((row) => row["QUERY PLAN"]).join("\n");
	}

	it.each(["id", "-id", "name", "-name", "price", "-price"])(
		"sorted by %s comes from an index, first and later pages",
		async (sort) => {
			const { nextCursor } = await things.documents.list({ sort, limit: 20 });
			const plans = [
				await planOfList({ sort, limit: 20 }),
				await planOfList({ sort, limit: 20, cursor: nextCursor ?? "" }),
			];

			for (const plan of plans) {
				expect(plan).toMatch(/Index Scan( Backward)? using documents_/);
				expect(plan).not.toContain("Sort");
			}
		},
	);

	it("filtered by a tag comes from that tag's index", async () => {
		expect(await planOfList({ where: { tags: "t7" }, limit: 20 })).toContain("documents_things_tags");
	});
});

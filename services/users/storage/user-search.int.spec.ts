import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Slice } from "../../../mixins/paging.ts";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { searchUsers } from "./user-search.ts";
import type { UserFilter } from "./user-search.ts";

const CROWD = statement(
	"spec.crowd",
	`insert into users (id, email, username, first_name, last_name, password_hash, role, is_active, version, created_at, updated_at)
	select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'user-' || n || '@crowd.example', 'name' || n, 'First', 'Last',
		'none', case when n % 2 = 0 then 'vendor' else 'customer' end, n % 3 <> 0, 1, now(), now()
	from generate_series(1, 3000) as n`,
);
const RARE = statement(
	"spec.rare",
	`update users set first_name = 'Zoë', last_name = 'O''Hara_50%', username = 'Z.Hara', email = 'zoe@rare.example'
	where email = 'user-7@crowd.example'`,
);
const ANALYZE = statement("spec.analyze", "analyze users");

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
	database = await freshDatabase("users");
	db = openDatabase({ url: database.url, applicationName: "spec" });
	for (const each of [CROWD, RARE, ANALYZE]) await db.query(each);
});
afterAll(async () => {
	await db.close();
	await database.drop();
});

const first: Slice = { afterId: null, limit: 3, offset: 0, isCounted: true };
const search = (filter: UserFilter, slice = first) => searchUsers(db, filter, slice);
const emails = async (filter: UserFilter, slice = first) =>
	(await search(filter, slice)).rows.map(({ email }) => email);

describe("searching users", () => {
	it.each([
		["the beginning of an address", "zoe@"],
		["the middle of an address", "E@RARE.ex"],
		["a username in any case", "z.hara"],
		["a name with an accent", "ZOË"],
		["both names", "zoë o'hara"],
		["what LIKE would take for a pattern", "hara_50%"],
		["a single letter", "ë"],
	])("finds by %s", async (_what, q) => {
		expect(await emails({ q })).toEqual(["zoe@rare.example"]);
	});

	it.each(["zo_", "%rare", "zoe\\"])("takes %j for what it says", async (q) => {
		expect(await search({ q })).toEqual({ rows: [], total: 0 });
	});

	it.each([
		["few", "user-30", ["user-3000", "user-309", "user-308"], 12],
		["many", "user-", ["user-3000", "user-2999", "user-2998"], 2_999],
	])("answers the newest first, of %s matches", async (_how, q, names, total) => {
		const rows = names.map((name) => ({ email: `${name}@crowd.example` }));
		expect(await search({ q })).toMatchObject({ rows, total });
	});

	it.each(["user-30", "user-"])("goes on where it was, for %s", async (q) => {
		const six = await emails({ q }, { ...first, limit: 6 });
		const { rows } = await search({ q });

		expect(await emails({ q }, { ...first, afterId: rows.at(-1)!.id })).toEqual(six.slice(3));
		expect(await emails({ q }, { ...first, offset: 3 })).toEqual(six.slice(3));
	});

	it("filters by role and by whether the account is active", async () => {
		const { rows, total } = await search({ role: "vendor", isActive: false });

		expect(rows.every(({ role, standing }) => role === "vendor" && standing === "deactivated")).toBe(true);
		expect(total).toBe(500);
		expect((await search({})).total).toBe(3_000);
	});
});

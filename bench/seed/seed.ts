import { hash } from "@node-rs/argon2";
import { Client } from "pg";
import { ROOT } from "../../bin/laptop/home.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";
import { migrate } from "../../mixins/sql/migrate.ts";
import { FLOOR_TABLES } from "../floor/schema.ts";
import * as shop from "./shop.ts";

const { insertSeries, PRODUCT_VALUES, sqlIdOf, USER_VALUES } = shop;

/** OWASP's cost for argon2id, as the users service has it. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const CATEGORY_VALUES = { id: sqlIdOf("category", "n"), name: "'Category ' || n" };

/** Stock comes with the journal entry that explains it. */
const STOA_PRODUCTS = [
	insertSeries("categories", CATEGORY_VALUES, shop.CATEGORIES),
	insertSeries("products", PRODUCT_VALUES, shop.PRODUCTS),
	`insert into inventory (product_id, initial, available)
		select id, ${shop.STOCK_PER_PRODUCT}, ${shop.STOCK_PER_PRODUCT} from products`,
	`insert into movements (product_id, id, kind, quantity)
		select id, gen_random_uuid(), 'initial', ${shop.STOCK_PER_PRODUCT} from products`,
];

const FLOOR_PRODUCTS = [
	insertSeries("categories", CATEGORY_VALUES, shop.CATEGORIES),
	insertSeries("products", { ...PRODUCT_VALUES, stock: String(shop.STOCK_PER_PRODUCT) }, shop.PRODUCTS),
];

/**
 * Fills Stoa's shop, before it starts: then it finds a catalogue and leaves out its own.
 *
 * @param env says where its databases are
 */
export async function seedStoa(env: NodeJS.ProcessEnv): Promise<void> {
	const products = await migrated(env, "products");
	await execute(products, STOA_PRODUCTS);
	const users = await migrated(env, "users");
	await execute(users, [insertSeries("users", { ...USER_VALUES, version: "1" }, shop.USERS)], [await passwordHash()]);
}

/** Fills the floor's shop with the same. @param url of its database */
export async function seedFloor(url: string): Promise<void> {
	await execute(url, [FLOOR_TABLES, ...FLOOR_PRODUCTS]);
	await execute(url, [insertSeries("users", USER_VALUES, shop.USERS)], [await passwordHash()]);
}

const passwordHash = (): Promise<string> => hash(shop.PASSWORD, COST);

async function migrated(env: NodeJS.ProcessEnv, service: string): Promise<string> {
	const url = databaseUrl(service, env) ?? "";
	await migrate({ url, folder: `${ROOT}/services/${service}/migrations` });
	return url;
}

async function execute(url: string, statements: readonly string[], values?: readonly unknown[]): Promise<void> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		for (const statement of statements) await client.query(statement, values as unknown[] | undefined);
		// As after a while in use: statistics for the planner, and pages that an index alone can answer from.
		await client.query("vacuum analyze");
		await client.query("checkpoint");
	} finally {
		await client.end();
	}
}

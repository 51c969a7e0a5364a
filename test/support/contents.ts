import type { Shop } from "./shop.ts";

const versionsOf = (table: string) =>
	`select count(*)::int as rows, md5(string_agg(id || '.' || version, ',' order by id)) as versions from ${table}`;

const STOCK = `select md5(string_agg(concat_ws('.', product_id, available, reserved, sold), ',' order by product_id)) as stock
	from inventory`;

const QUESTIONS: Readonly<Record<string, string>> = {
	users: versionsOf("users"),
	products: `select * from (${versionsOf("products")}) as versions, (${STOCK}) as stock`,
	orders: versionsOf("orders"),
	payments: versionsOf("payments"),
};

/** What a shop has in store. */
export interface Contents {
	/** How many users, products, orders and payments there are, with a hash of their versions and one of the stock. */
	read(): Promise<unknown[]>;
	close(): Promise<unknown>;
}

/** Keeps connections open, so that a spec can afford to look after every single test. */
export async function watch(shop: Shop): Promise<Contents> {
	const views = await Promise.all(
		Object.entries(QUESTIONS).map(async ([service, question]) => ({ ...(await shop.connect(service)), question })),
	);
	return {
		read: () => Promise.all(views.map(async ({ client, question }) => (await client.query(question)).rows as unknown)),
		close: () => Promise.all(views.map(({ end }) => end())),
	};
}

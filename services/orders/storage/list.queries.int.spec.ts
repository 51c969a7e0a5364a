import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { listed } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import type { PagingParams } from "../../contracts/paging.ts";
import { cancel } from "../domain/move.ts";
import type { Order } from "../domain/order.ts";
import { confirm } from "../domain/pay.ts";
import { findOrders } from "./list.queries.ts";
import type { OrderFilter } from "./order-filter.ts";
import { counting, newOrder, openOrderStore, save, stored } from "./order-store.fixture.ts";
import type { OrderStore } from "./order-store.fixture.ts";
import { findOrder } from "./order.queries.ts";

let store: OrderStore;
let db: Database;
beforeAll(async () => {
	store = await openOrderStore();
	db = store.db;
});
afterAll(() => store.close());

const at = (day: number) => new Date(Date.UTC(2026, 0, day));
const everybodys: OrderFilter = { ownerId: null, sort: "-createdAt" };

describe("a list of orders", () => {
	const ownerId = randomUUID();
	const stranger = randomUUID();
	/** Newest first, with as many euros as the day in which it was placed; one each day. */
	const orders: Order[] = [];
	const ids = () => orders.map(({ id }) => id);
	beforeAll(async () => {
		for (const day of [1, 2, 3, 4, 5]) {
			const { order } = await stored(db, newOrder({ userId: ownerId, paymentId: null, at: at(day) }));
			await db.query(PRICE, [order.id, day]);
			orders.unshift(order);
		}
		await db.query(RETURNED, [ids()[0], "refused"]);
		await db.query(RETURNED, [ids()[1], "requested"]);
		await save(db, orders[3], cancel(orders[3]!, at(6).toISOString()));
		const { order } = await stored(db, newOrder({ userId: stranger, at: at(3) }));
		await save(db, order, confirm(order, order.paymentId ?? "", at(6).toISOString()));
	});

	const list = (paging: PagingParams, filter: Partial<OrderFilter> = {}) => {
		const whole: OrderFilter = { ...everybodys, ownerId, ...filter };
		return listed(paging, whole, (slice) => findOrders(db, whole, slice));
	};
	const idsOf = async (...asked: Parameters<typeof list>) => (await list(...asked)).rows.map(({ id }) => id);
	/** Every row of a list, read with a cursor. */
	async function walked(filter: Partial<OrderFilter>, limit = 2): Promise<string[]> {
		const found: string[] = [];
		for (let cursor: string | undefined; ;) {
			const page = (await list({ limit, cursor }, filter)) as { rows: { id: string }[]; nextCursor: string | null };
			found.push(...page.rows.map(({ id }) => id));
			if (page.nextCursor === null) return found;
			cursor = page.nextCursor;
		}
	}

	it("shows a user's orders, newest first", async () => {
		await expect(idsOf({})).resolves.toEqual(ids());
	});

	it("shows everybody's to whoever is bound to nobody, or those of one user", async () => {
		await expect(idsOf({}, { ownerId: null })).resolves.toHaveLength(6);
		await expect(idsOf({}, { ownerId: null, userId: ownerId })).resolves.toEqual(ids());
	});

	it("never shows another user's, whoever is named", async () => {
		await expect(idsOf({}, { userId: stranger })).resolves.toEqual([]);
	});

	it("reads numbered pages with the total", async () => {
		await expect(list({ page: 2, pageSize: 2 })).resolves.toMatchObject({
			rows: [{ id: ids()[2] }, { id: ids()[3] }],
			total: 5,
			totalPages: 3,
		});
	});

	it.each([
		["-createdAt", [0, 1, 2, 3, 4]],
		["createdAt", [4, 3, 2, 1, 0]],
		["total", [4, 3, 2, 1, 0]],
		["-total", [0, 1, 2, 3, 4]],
	] as const)("is sorted by %s, by page and by cursor", async (sort, expected) => {
		const wanted = expected.map((index) => ids()[index]);

		await expect(idsOf({}, { sort })).resolves.toEqual(wanted);
		await expect(walked({ sort })).resolves.toEqual(wanted);
	});

	it("goes on where totals are equal", async () => {
		const userId = randomUUID();
		const equal = await Promise.all([1, 2, 3, 4, 5].map(() => stored(db, newOrder({ userId }))));

		const found = await walked({ ownerId: userId, sort: "total" });
		expect(found).toEqual(equal.map(({ order }) => order.id).toSorted());
	});

	it("refuses the cursor of another filter or sort", async () => {
		const { nextCursor } = (await list({ limit: 1 })) as { nextCursor: string };

		for (const other of [{ status: ["pending"] }, { sort: "total" }] as const)
			await expect(list({ cursor: nextCursor }, other)).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});

	it.each([
		["a status", { status: ["cancelled"] }, [3]],
		["several statuses", { status: ["cancelled", "pending"] }, [0, 1, 2, 3, 4]],
		["a first moment, included", { from: at(3).toISOString() }, [0, 1, 2]],
		["a last moment, excluded", { to: at(3).toISOString() }, [3, 4]],
		["both and a status", { status: ["pending"], from: at(1).toISOString(), to: at(3).toISOString() }, [4]],
		[
			"moments before and after all time",
			{ from: "0001-01-01T00:00:00Z", to: "9999-12-31T00:00:00Z" },
			[0, 1, 2, 3, 4],
		],
		["a least total, included", { minTotal: 4 }, [0, 1]],
		["a largest total, included", { maxTotal: 2 }, [3, 4]],
		["a return that waits for a decision", { hasOpenReturn: "true" }, [1]],
		["both and the sort", { minTotal: 2, maxTotal: 3, sort: "total" }, [3, 2]],
	] as const)("is narrowed by %s", async (_, filter, expected) => {
		const { rows, total } = (await list({}, filter)) as { rows: { id: string }[]; total: number };

		expect(rows.map(({ id }) => id)).toEqual(expected.map((index) => ids()[index]));
		expect(total).toBe(expected.length);
	});

	it("merges everybody's orders in several statuses, page by page", async () => {
		const status = ["confirmed", "cancelled"] as const;
		const all = await idsOf({}, { ownerId: null, status });

		expect(all).toHaveLength(2);
		expect(all[1]).toBe(ids()[3]);
		await expect(walked({ ownerId: null, status }, 1)).resolves.toEqual(all);
		await expect(idsOf({ page: 2, pageSize: 1 }, { ownerId: null, status })).resolves.toEqual([all[1]]);
	});
});

describe("pain 12: order list and detail stay fast", () => {
	const ORDERS = 20_000;
	const userId = randomUUID();
	beforeAll(async () => {
		await db.query(FILL, [ORDERS, userId]);
		await db.query(VACUUM);
	});

	it.each([1, 20, 100])(
		"a page of %d orders with lines and addresses is one statement, and one counts them",
		async (limit) => {
			const { tx, names } = counting(db);
			const { rows } = await findOrders(tx, everybodys, { afterId: null, limit, offset: 0, isCounted: true });

			expect(rows).toHaveLength(limit);
			expect(names).toEqual(["orders.list.-createdAt.all", "orders.count.all"]);
		},
	);

	it("an order is one statement", async () => {
		const { rows } = await findOrders(db, everybodys, { afterId: null, limit: 1, offset: 0, isCounted: false });
		const { tx, names } = counting(db);
		await findOrder(tx, rows[0]!.id, null);

		expect(names).toEqual(["orders.find"]);
	});

	it.each([
		["everybody's orders", {}, "orders_pkey"],
		["the oldest", { sort: "createdAt" }, "orders_pkey"],
		["the dearest", { sort: "-total" }, "orders_by_total"],
		["those in a rare status", { status: ["shipped"] }, "orders_of_status"],
		["the dearest of a rare status", { status: ["shipped"], sort: "-total" }, "orders_of_status_by_total"],
		["the cheapest of a status that none is in", { status: ["confirmed"], sort: "total" }, "orders_of_status_by_total"],
		["those in several", { status: ["shipped", "returned"] }, "orders_of_status"],
		["a user's", { ownerId: userId }, "orders_of_user"],
		["those whose return waits for a decision", { hasOpenReturn: "true" }, "orders_of_open_return"],
		["those of a period long ago", { to: "2026-02-01T00:00:00Z" }, "orders_pkey"],
	] as const)("%s are cut from an index, wherever the page begins", async (_, filter, index) => {
		const whole: OrderFilter = { ...everybodys, ...filter };
		const first = await planned(whole, null);
		expect(first.plan).toContain(index);
		expect(first.plan).not.toMatch(/Seq Scan on orders\b/);
		const behind = await planned(whole, first.lastId);

		expect(behind.plan).toContain(index);
		// So many rows of orders are read for 20 of a list: those of the page, and their like of each status.
		for (const { read } of [first, behind]) expect(read).toBeLessThanOrEqual(100);
	});

	/** How PostgreSQL reads a page. */
	async function planned(filter: OrderFilter, afterId: string | null) {
		const slice = { afterId, limit: 20, offset: 0, isCounted: false };
		const spy: { text: string; values: readonly unknown[] } = { text: "", values: [] };
		const { rows } = await findOrders(
			{
				query(wanted, values = []) {
					Object.assign(spy, { text: wanted.text, values });
					return db.query(wanted, values);
				},
			},
			filter,
			slice,
		);
		const explain = statement<{ "QUERY PLAN": readonly Explained[] }>(
			`spec.explain.${randomUUID()}`,
			`explain (analyze, format json, costs off, timing off) ${spy.text}`,
		);
		const [explained] = await db.query(explain, spy.values);
		const plan = explained!["QUERY PLAN"][0]!.Plan;
		return { plan: JSON.stringify(plan), read: readOf(plan), lastId: rows.at(-1)?.id ?? null };
	}
});

interface Explained {
	readonly Plan: Plan;
}

interface Plan {
	readonly "Relation Name"?: string;
	readonly "Actual Rows": number;
	readonly "Actual Loops": number;
	readonly "Rows Removed by Filter"?: number;
	readonly Plans?: readonly Plan[];
}

/** Rows of `orders` that a plan touched. */
function readOf(plan: Plan): number {
	const own = plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0);
	const here = plan["Relation Name"] === "orders" ? own * plan["Actual Loops"] : 0;
	return (plan.Plans ?? []).reduce((sum, each) => sum + readOf(each), here);
}

const PRICE = statement("spec.price", "update orders set total_amount = $2 where id = $1");
const RETURNED = statement(
	"spec.returned",
	"update orders set returns = jsonb_build_array(jsonb_build_object('status', $2::text)) where id = $1",
);
const VACUUM = statement("spec.vacuum", "vacuum analyze orders");
/** One an hour of the days before March; 1 in 2,000 is shipped, 1 in 500 is the user's, and all others are delivered. */
const FILL = statement(
	"spec.fill",
	`with made as (
		insert into orders (id, number, user_id, status, total_amount, currency, version, created_at, updated_at)
		select (lpad(to_hex((extract(epoch from placed) * 1000)::bigint), 12, '0') || '7000' ||
				lpad(to_hex(n), 16, '8'))::uuid,
			'N' || n, case when n % 500 = 0 then $2::uuid else gen_random_uuid() end,
			case when n % 2000 = 7 then 'shipped' when n % 3000 = 8 then 'returned' else 'delivered' end,
			n % 977, 'EUR', 7, placed, placed
		from generate_series(1, $1::integer) as n cross join lateral (
			select timestamptz '2026-03-01' - n * interval '1 hour' as placed
		) as moment
		returning id)
	insert into order_items (order_id, line, product_id, name, quantity, unit_price, total_price)
	select id, line, gen_random_uuid(), 'Thing', 1, 1, 1 from made cross join generate_series(1, 3) as line`,
);

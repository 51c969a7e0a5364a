import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { query } from "../../mixins/define-service.ts";
import type { Database, Queryable } from "../../mixins/sql/database.ts";
import { call } from "../contracts/action.ts";
import { CommitStock, RestoreStock } from "../contracts/inventory.ts";
import { ServiceBusy } from "../contracts/errors.ts";
import { auditOf, KnownOrders, StockOfReservations } from "../contracts/integrity.ts";
import { inMinutes, startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";

let products: RunningProducts;
/** Orders that the stubbed orders service does not know. */
const unknown = new Set<string>();

beforeAll(async () => {
	products = await startProducts({ INTEGRITY_SETTLE_MS: "0" });
	const known = query(KnownOrders, async ({ params }) => params.orderIds.filter((id) => !unknown.has(id)));
	products.broker.createService({ name: "orders", actions: { known } });
	await products.broker.waitForServices("orders");
});
afterEach(async () => {
	unknown.clear();
	await products.rows("alter table movements disable trigger all");
	for (const table of ["movements", "reservations", "inventory"]) await products.rows(`delete from ${table}`);
	await products.rows("alter table movements enable trigger all");
});
afterAll(() => products.stop());

const audit = () => call(products.broker, auditOf("products"), {});
const findings = async () => (await audit()).findings.map(({ kind, subject }) => `${kind} ${subject}`);

/** A product with stock that was held, sold, given back and restocked. */
async function eventful() {
	const { id: productId } = await products.product();
	const lines = [{ productId, quantity: 2 }];
	const held = await products.hold({ lines });
	const sold = await products.hold({ lines });
	await products.ask(CommitStock, { reservationId: sold });
	const restocked = await products.hold({ lines });
	await products.ask(CommitStock, { reservationId: restocked });
	await products.ask(RestoreStock, { reservationId: restocked });
	const released = await products.hold({ lines });
	await products.ask(RestoreStock, { reservationId: released });
	return { productId, held, sold, restocked, released };
}

const onProduct = (sql: string) => async (ids: Awaited<ReturnType<typeof eventful>>) => {
	await products.rows("alter table movements disable trigger all");
	await products.rows(sql, [ids.productId]);
	await products.rows("alter table movements enable trigger all");
};

describe("the audit of stock", () => {
	it("finds nothing in stock that was moved in every way, and says how much it looked at", async () => {
		await eventful();

		expect(await audit()).toEqual({ findings: [], isComplete: true, unchecked: [], checked: expect.any(Number) });
		expect((await audit()).checked).toBeGreaterThan(8);
	});

	it.each([
		[
			"available units that nobody sold",
			"update inventory set available = available - 1, sold = sold + 1 where product_id = $1",
		],
		[
			"units that came from nowhere",
			"update inventory set available = available + 5, adjusted = adjusted + 5 where product_id = $1",
		],
		[
			"initial stock that the journal does not know",
			"update inventory set initial = initial + 1, available = available + 1 where product_id = $1",
		],
		[
			"restocked units that are not in the journal",
			"update inventory set restocked = restocked + 1, available = available + 1 where product_id = $1",
		],
		[
			"reserved units that no reservation holds",
			"update inventory set reserved = reserved + 1, available = available - 1 where product_id = $1",
		],
		["a movement that was deleted", "delete from movements where product_id = $1 and kind = 'initial'"],
		[
			"a movement whose quantity was changed",
			"update movements set quantity = 3 where product_id = $1 and kind = 'sold'",
		],
	])("finds %s", async (_what, corruption) => {
		const ids = await eventful();
		await onProduct(corruption)(ids);

		expect(await findings()).toContain(`stock-mismatch product ${ids.productId}`);
	});

	it("finds stock that does not balance in itself, which only a dropped constraint allows", async () => {
		const ids = await eventful();
		await products.rows("alter table inventory drop constraint inventory_balanced");
		await products.rows("update inventory set available = available + 1 where product_id = $1", [ids.productId]);

		expect((await audit()).findings).toMatchObject([
			{ kind: "stock-mismatch", detail: "on hand + sold is 13 and should be 12", since: expect.any(String) },
		]);
		await products.rows("delete from inventory");
		await products.rows(
			`alter table inventory add constraint inventory_balanced
				check (restocked + adjusted + initial = sold + available + reserved)`,
		);
	});

	it.each([
		["held", "committed"],
		["sold", "restocked"],
		["sold", "released"],
		["restocked", "committed"],
		["released", "restocked"],
	] as const)("finds a reservation that was %s and whose status was changed to %s", async (which, status) => {
		const ids = await eventful();
		await products.rows("update reservations set status = $2 where id = $1", [ids[which], status]);

		expect(await findings()).toContain(`reservation-journal reservation ${ids[which]}`);
	});

	it("finds a reservation whose lines were changed", async () => {
		const { sold } = await eventful();
		await products.rows("update reservations set quantities = '{3}' where id = $1", [sold]);

		expect(await findings()).toEqual([`reservation-journal reservation ${sold}`]);
	});

	it("finds reservations that stand for an order that does not exist, and forgives those that ended", async () => {
		const ids = await eventful();
		const rows = await products.rows<{ id: string; order_id: string }>("select id, order_id from reservations");
		for (const { order_id } of rows) unknown.add(order_id);

		const orphans = [ids.held, ids.sold].map((id) => `reservation-orphan reservation ${id}`);
		expect((await findings()).toSorted()).toEqual(orphans.toSorted());
	});

	it("finds a hold that nobody gave back long after its end, not one that ended a moment ago", async () => {
		const { id: productId } = await products.product();
		const lines = [{ productId, quantity: 1 }];
		await products.hold({ lines, expiresAt: inMinutes(-1) });
		const late = await products.hold({ lines, expiresAt: inMinutes(-90) });

		expect(await findings()).toEqual([`hold-overdue reservation ${late}`]);
	});

	it("looks at every product and reservation, however many chunks that takes", async () => {
		const { productId } = await eventful();
		await products.rows(
			`with filled as (
				insert into products (id, name, sku, price)
				select gen_random_uuid(), 'P', 'MANY-' || n, 1 from generate_series(1, 130) as n returning id)
			insert into inventory (product_id) select id from filled`,
		);
		await products.rows(
			"insert into reservations (id, status, ended_at) select gen_random_uuid(), 'released', now() from generate_series(1, 450)",
		);
		await onProduct("update movements set quantity = 3 where product_id = $1 and kind = 'sold'")({
			productId,
		} as never);

		const report = await audit();
		expect(report.isComplete).toBe(true);
		expect(report.checked).toBeGreaterThanOrEqual(131 + 454 + 454);
		expect(report.findings.map(({ kind }) => kind)).toContain("stock-mismatch");
		await products.rows("delete from inventory where product_id in (select id from products where sku like 'MANY-%')");
	});

	/** Lets the sum of a journal take too long where `isSlow` says so. */
	function slowing(isSlow: (limit: unknown) => boolean) {
		const { db } = products.service;
		const slowed = (on: Queryable): Queryable => ({
			query: (wanted, values) =>
				wanted.name === "inventory.audit" && isSlow(values?.[1])
					? Promise.reject(new ServiceBusy())
					: on.query(wanted, values),
		});
		const transaction: Database["transaction"] = (work) => db.transaction((tx) => work({ ...tx, ...slowed(tx) }));
		Object.assign(products.service, { db: { ...db, ...slowed(db), transaction } });
		return () => Object.assign(products.service, { db });
	}

	it("looks at single products when the journals of many take too long", async () => {
		const { productId } = await eventful();
		await products.product();
		await onProduct("update movements set quantity = 3 where product_id = $1 and kind = 'sold'")({
			productId,
		} as never);
		const restore = slowing((limit) => limit !== 1);

		expect(await audit()).toMatchObject({ isComplete: true, findings: [{ kind: "stock-mismatch" }, {}, {}] });
		restore();
	});

	it("names a product whose journal is too long even alone, and goes on behind it", async () => {
		const ids = [(await products.product()).id, (await products.product()).id];
		const restore = slowing(() => true);

		const report = await audit();
		expect(report.isComplete).toBe(true);
		const expected = ids.map((id) => `stock-unchecked product ${id}`).toReversed();
		expect(report.findings.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(expected);
		restore();
	});

	it("says what it could not look at, when orders do not answer", async () => {
		await products.hold({ lines: [{ productId: (await products.product()).id, quantity: 1 }] });
		await products.broker.destroyService("orders");

		expect(await audit()).toMatchObject({
			isComplete: false,
			unchecked: [{ audit: "the orders of reservations", reason: "SERVICE_NOT_AVAILABLE" }],
		});
	});
});

describe("reservations asked for by another service", () => {
	it("are told with their status, and whether they have rested", async () => {
		const { held, sold } = await eventful();
		await products.rows("update reservations set ended_at = now() - interval '1 h' where id = $1", [sold]);
		const [reservationIds, settledBefore] = [[held, sold, products.service.newId()], inMinutes(-1)];

		const told = await products.ask(StockOfReservations, { reservationIds, settledBefore });
		expect(told).toHaveLength(2);
		expect(told).toEqual(
			expect.arrayContaining([
				{ reservationId: held, status: "held", returnedUnits: 0, isSettled: false },
				{ reservationId: sold, status: "committed", returnedUnits: 0, isSettled: true },
			]),
		);
	});
});

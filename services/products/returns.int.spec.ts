import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { query } from "../../mixins/define-service.ts";
import { openDatabase } from "../../mixins/sql/database.ts";
import type { Database } from "../../mixins/sql/database.ts";
import { call } from "../contracts/action.ts";
import { auditOf, KnownOrders, StockOfReservations } from "../contracts/integrity.ts";
import { CommitStock, ListMovements, RestoreStock, ReturnStock } from "../contracts/inventory.ts";
import { inMinutes, startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";
import { restoreStock, returnStock } from "./storage/reservation.store.ts";

let shop: RunningProducts;
let crowd: Database;
beforeAll(async () => {
	shop = await startProducts();
	crowd = openDatabase({ url: shop.url, applicationName: "crowd", poolSize: 20, lockTimeoutMs: 20_000 });
	shop.broker.createService({
		name: "orders",
		actions: { known: query(KnownOrders, async ({ params }) => params.orderIds) },
	});
});
afterEach(async () => {
	expect(await shop.rows("select * from stock_discrepancies")).toEqual([]);
	expect((await call(shop.broker, auditOf("products"), {})).findings).toEqual([]);
});
afterAll(async () => {
	await crowd.close();
	await shop.stop();
});

const line = (productId: string, quantity = 1) => ({ productId, quantity });
const giveBack = (reservationId: string, items: ReturnType<typeof line>[], returnId: string = randomUUID()) =>
	shop.ask(ReturnStock, { returnId, reservationId, items });
const stock = async (productId: string) => {
	const { available, sold } = await shop.stockOf(productId);
	return { available, sold };
};
const statusOf = async (reservationId: string) => {
	const settledBefore = inMinutes(1);
	const [told] = await shop.ask(StockOfReservations, { reservationIds: [reservationId], settledBefore });
	return told && { status: told.status, returnedUnits: told.returnedUnits };
};

/** Four cups and two plates, sold. */
async function sale() {
	const [cup, plate] = [(await shop.product()).id, (await shop.product()).id];
	const reservationId = await shop.hold({ lines: [line(cup, 4), line(plate, 2)] });
	await shop.ask(CommitStock, { reservationId });
	return { cup, plate, reservationId };
}

describe("units that come back", () => {
	it("are on sale again, stay counted as sold, and leave a movement", async () => {
		const { cup, plate, reservationId } = await sale();
		await giveBack(reservationId, [line(cup, 1), line(plate, 2)]);

		expect(await stock(cup)).toEqual({ available: 7, sold: 4 });
		expect(await stock(plate)).toEqual({ available: 10, sold: 2 });
		const { rows } = await shop.ask(ListMovements, { productId: plate });
		expect(rows[0]).toMatchObject({ kind: "restocked", quantity: 2 });
		expect(await statusOf(reservationId)).toEqual({ status: "committed", returnedUnits: 3 });
	});

	it("come back once for a return that is sent again, even when nothing more is left", async () => {
		const { cup, reservationId } = await sale();
		const returnId = randomUUID();
		await giveBack(reservationId, [line(cup, 4)], returnId);
		await giveBack(reservationId, [line(cup, 4)], returnId);

		expect(await stock(cup)).toEqual({ available: 10, sold: 4 });
	});

	it("are never more than were sold, and then none come back", async () => {
		const { cup, plate, reservationId } = await sale();
		await giveBack(reservationId, [line(cup, 3)]);

		await expect(giveBack(reservationId, [line(cup, 2), line(plate)])).rejects.toMatchObject({
			type: "RETURN_EXCEEDS_SALE",
			data: { productIds: [cup] },
		});
		await expect(giveBack(reservationId, [line(randomUUID())])).rejects.toMatchObject({ code: 409 });
		expect(await stock(plate)).toEqual({ available: 8, sold: 2 });
	});

	it("are refused under a reservation that is held, given back or unknown", async () => {
		const { id } = await shop.product();
		const held = await shop.hold({ lines: [line(id)] });
		const released = await shop.hold({ lines: [line(id)] });
		await shop.ask(RestoreStock, { reservationId: released });

		for (const reservationId of [held, released, randomUUID()]) {
			await expect(giveBack(reservationId, [line(id)])).rejects.toMatchObject({ type: "RETURN_EXCEEDS_SALE" });
		}
	});

	it("end the reservation with the last of them", async () => {
		const { cup, plate, reservationId } = await sale();
		await giveBack(reservationId, [line(plate, 2), line(cup, 1)]);
		await giveBack(reservationId, [line(cup, 3)]);

		expect(await statusOf(reservationId)).toEqual({ status: "restocked", returnedUnits: 6 });
	});

	it("are not restocked again when the whole order is", async () => {
		const { cup, plate, reservationId } = await sale();
		await giveBack(reservationId, [line(cup, 3)]);
		await shop.ask(RestoreStock, { reservationId });
		await shop.ask(RestoreStock, { reservationId });

		expect([await stock(cup), await stock(plate)]).toEqual([
			{ available: 10, sold: 4 },
			{ available: 10, sold: 2 },
		]);
		await expect(giveBack(reservationId, [line(cup)])).rejects.toMatchObject({ type: "RETURN_EXCEEDS_SALE" });
	});

	it("are counted once when the same return is sent many times at once", async () => {
		const { cup, reservationId } = await sale();
		const given = { returnId: randomUUID(), reservationId, lines: [line(cup, 2)] };
		const sent = Array.from({ length: 20 }, () => returnStock(crowd, { ...given, movementId: randomUUID() }));
		await Promise.all(sent);

		expect(await stock(cup)).toEqual({ available: 8, sold: 4 });
	});

	it("are never too many when different returns race each other and a full restock", async () => {
		const { cup, plate, reservationId } = await sale();
		const returned = Array.from({ length: 12 }, () =>
			returnStock(crowd, {
				...{ returnId: randomUUID(), reservationId, movementId: randomUUID() },
				lines: [line(cup), line(plate)].sort((one, other) => (one.productId < other.productId ? -1 : 1)),
			}),
		);
		const outcomes = await Promise.allSettled([...returned, restoreStock(crowd, reservationId, randomUUID())]);

		expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(3);
		expect([await stock(cup), await stock(plate)]).toEqual([
			{ available: 10, sold: 4 },
			{ available: 10, sold: 2 },
		]);
	});

	it("are moved in one statement", async () => {
		const { cup, reservationId } = await sale();
		shop.statements.splice(0);
		await giveBack(reservationId, [line(cup)]);

		expect(shop.statements.filter((name) => name.startsWith("reservations."))).toEqual(["reservations.return"]);
	});
});

describe("the audit of returns", () => {
	it.each([
		["units that came back only by the reservation", "update reservations set returned = '{2, 0}' where id = $1"],
		["units that came back only by the journal", "update reservations set returned = '{0, 0}' where id = $1"],
	])("finds %s", async (_what, corruption) => {
		const { cup, reservationId } = await sale();
		await giveBack(reservationId, [line(cup)]);
		const [before] = await shop.rows<{ returned: string[] }>("select returned from reservations where id = $1", [
			reservationId,
		]);
		await shop.rows(corruption, [reservationId]);

		const { findings } = await call(shop.broker, auditOf("products"), {});
		expect(findings).toContainEqual(
			expect.objectContaining({ kind: "reservation-journal", subject: `reservation ${reservationId}` }),
		);
		expect(await shop.rows("select * from stock_discrepancies")).not.toEqual([]);
		await shop.rows("update reservations set returned = $2 where id = $1", [reservationId, before?.returned]);
	});
});

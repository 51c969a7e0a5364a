import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { CommitStock, ListMovements, ReserveStock, RestoreStock } from "../contracts/inventory.ts";
import { DeleteProduct } from "../contracts/products.ts";
import { inMinutes, startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";

const refusal = (type: string) => expect.objectContaining({ type });

let shop: RunningProducts;
beforeAll(async () => void (shop = await startProducts()));
afterEach(async () => expect(await shop.rows("select * from stock_discrepancies")).toEqual([]));
afterAll(() => shop.stop());

const commit = (reservationId: string) => shop.ask(CommitStock, { reservationId });
const restore = (reservationId: string) => shop.ask(RestoreStock, { reservationId });
const line = (productId: string, quantity = 1) => ({ productId, quantity });
const stock = async (productId: string) => {
	const { available, reserved, sold } = await shop.stockOf(productId);
	return { available, reserved, sold };
};
const kindsOf = async (productId: string) =>
	(await shop.ask(ListMovements, { productId })).rows.map(({ kind, quantity }) => `${kind} ${quantity}`);
const reservation = async (id: string) =>
	(await shop.rows<{ status: string; expires_at: Date }>("select * from reservations where id = $1", [id]))[0];

describe("reserving", () => {
	it("moves stock from available to reserved, with a movement", async () => {
		const { id } = await shop.product();
		const orderId = randomUUID();
		await shop.hold({ orderId, lines: [line(id, 4)] });

		expect(await stock(id)).toEqual({ available: 6, reserved: 4, sold: 0 });
		expect((await shop.ask(ListMovements, { productId: id })).rows[0]).toMatchObject({
			...{ kind: "reserved", quantity: 4, orderId, reason: null },
		});
	});

	it("sums the lines of one product, in any spelling of its id", async () => {
		const { id } = await shop.product();
		await shop.hold({ lines: [line(id, 2), line(id.toUpperCase(), 3)] });

		expect(await stock(id)).toMatchObject({ available: 5, reserved: 5 });
		await expect(shop.hold({ lines: [line(id, 3), line(id, 3)] })).rejects.toEqual(refusal("OUT_OF_STOCK"));
	});

	it("holds all lines or none, names what is short, and leaves no reservation", async () => {
		const { id: plenty } = await shop.product();
		const { id: few } = await shop.product({ stockQuantity: 1 });
		const unknown = randomUUID();
		const reservationId = randomUUID();

		const held = shop.hold({ reservationId, lines: [line(plenty), line(few, 2), line(unknown)] });
		await expect(held).rejects.toMatchObject({
			type: "OUT_OF_STOCK",
			data: { productIds: expect.arrayContaining([few, unknown]) as unknown },
		});
		await expect(held).rejects.not.toMatchObject({ data: { productIds: [plenty] } });
		expect(await stock(plenty)).toMatchObject({ available: 10, reserved: 0 });
		expect(await reservation(reservationId)).toBeUndefined();
	});

	it("refuses more than an integer can count as out of stock", async () => {
		const { id } = await shop.product();

		await expect(shop.hold({ lines: [line(id, Number.MAX_SAFE_INTEGER)] })).rejects.toEqual(refusal("OUT_OF_STOCK"));
	});

	it("again extends the hold and moves nothing, even when nothing is left", async () => {
		const { id } = await shop.product();
		const reservationId = await shop.hold({ lines: [line(id, 10)] });
		const expiresAt = inMinutes(30);
		await shop.hold({ reservationId, lines: [line(id, 10)], expiresAt });

		expect(await stock(id)).toMatchObject({ available: 0, reserved: 10 });
		expect((await reservation(reservationId))?.expires_at).toEqual(new Date(expiresAt));

		await shop.hold({ reservationId, lines: [line(id, 10)] });
		expect((await reservation(reservationId))?.expires_at).toEqual(new Date(expiresAt));
	});

	it("again after the sale is the sale", async () => {
		const { id } = await shop.product();
		const reservationId = await shop.hold({ lines: [line(id)] });
		await commit(reservationId);
		await shop.hold({ reservationId, lines: [line(id)] });

		expect(await stock(id)).toEqual({ available: 9, reserved: 0, sold: 1 });
	});

	it.each([
		["was given back", async () => undefined],
		["was sold and restocked", commit],
	])("again is refused when the hold %s", async (_, before: (id: string) => Promise<unknown>) => {
		const { id } = await shop.product();
		const reservationId = await shop.hold({ lines: [line(id)] });
		await before(reservationId);
		await restore(reservationId);

		await expect(shop.hold({ reservationId, lines: [line(id)] })).rejects.toEqual(refusal("RESERVATION_ENDED"));
		expect(await stock(id)).toMatchObject({ available: 10, reserved: 0 });
	});
});

describe("committing", () => {
	it("turns what is held into what is sold, once", async () => {
		const { id } = await shop.product();
		const reservationId = await shop.hold({ lines: [line(id, 4)] });
		await commit(reservationId);
		await commit(reservationId);

		expect(await stock(id)).toEqual({ available: 6, reserved: 0, sold: 4 });
		expect(await kindsOf(id)).toEqual(["sold 4", "reserved 4", "initial 10"]);
	});

	it("is refused when nothing is held", async () => {
		const { id } = await shop.product();
		const reservationId = await shop.hold({ lines: [line(id)] });
		await restore(reservationId);

		await expect(commit(reservationId)).rejects.toEqual(refusal("RESERVATION_ENDED"));
		await expect(commit(randomUUID())).rejects.toEqual(refusal("RESERVATION_ENDED"));
	});

	it("still sells a hold that expired but was not given back yet, and a product that was removed", async () => {
		const { id } = await shop.product();
		const reservationId = await shop.hold({ lines: [line(id)], expiresAt: inMinutes(-10) });
		await shop.ask(DeleteProduct, { id });
		await commit(reservationId);

		expect(await reservation(reservationId)).toMatchObject({ status: "committed" });
	});
});

describe("restoring", () => {
	it("gives back what is held, once", async () => {
		const { id } = await shop.product();
		const reservationId = await shop.hold({ lines: [line(id, 4)] });
		await restore(reservationId);
		await restore(reservationId);

		expect(await stock(id)).toEqual({ available: 10, reserved: 0, sold: 0 });
		expect(await kindsOf(id)).toEqual(["released 4", "reserved 4", "initial 10"]);
	});

	it("restocks what was sold, which stays counted as sold", async () => {
		const { id } = await shop.product();
		const reservationId = await shop.hold({ lines: [line(id, 4)] });
		await commit(reservationId);
		await restore(reservationId);
		await restore(reservationId);

		expect(await stock(id)).toEqual({ available: 10, reserved: 0, sold: 4 });
		expect(await kindsOf(id)).toEqual(["restocked 4", "sold 4", "reserved 4", "initial 10"]);
	});

	it("before the reserve that comes too late, refuses it", async () => {
		const { id } = await shop.product();
		const reservationId = randomUUID();
		await restore(reservationId);
		await restore(reservationId);

		await expect(shop.hold({ reservationId, lines: [line(id)] })).rejects.toEqual(refusal("RESERVATION_ENDED"));
		expect(await stock(id)).toMatchObject({ available: 10, reserved: 0 });
	});
});

it("reserving, committing and restoring are one statement each", async () => {
	const { id } = await shop.product();
	shop.statements.splice(0);
	const reservationId = await shop.hold({ lines: [line(id)] });
	await commit(reservationId);
	await restore(reservationId);

	expect(shop.statements.filter((name) => name.startsWith("reservations."))).toEqual([
		"reservations.reserve",
		"reservations.commit",
		"reservations.restore",
	]);
});

describe("a hold that nobody came back for", () => {
	it("is given back after its expiry and a minute of grace", async () => {
		const { id } = await shop.product();
		const forgotten = await shop.hold({ lines: [line(id, 2)], expiresAt: inMinutes(-2) });
		const inGrace = await shop.hold({ lines: [line(id, 3)], expiresAt: inMinutes(-0.5) });
		const sold = await shop.hold({ lines: [line(id)], expiresAt: inMinutes(-2) });
		await commit(sold);

		expect(await shop.service.releaseExpired()).toBe(1);
		expect(await stock(id)).toEqual({ available: 6, reserved: 3, sold: 1 });
		expect(await reservation(forgotten)).toMatchObject({ status: "released" });
		expect(await reservation(inGrace)).toMatchObject({ status: "held" });
		await expect(commit(forgotten)).rejects.toEqual(refusal("RESERVATION_ENDED"));
		expect((await kindsOf(id))[0]).toBe("released 2");
	});

	it("is given back in batches until none is left, each with movements of its own", async () => {
		const { id } = await shop.product({ stockQuantity: 300 });
		await shop.rows(
			`with held as (
				insert into reservations (id, order_id, status, product_ids, quantities, expires_at)
				select gen_random_uuid(), gen_random_uuid(), 'held', array[$1::uuid], '{2}', now() - interval '1 hour'
				from generate_series(1, 120) returning id
			), moved as (
				update inventory set available = available - 240, reserved = reserved + 240 where product_id = $1
			)
			insert into movements (product_id, id, kind, quantity) select $1, id, 'reserved', 2 from held`,
			[id],
		);

		expect(await shop.service.releaseExpired()).toBe(120);
		expect(await stock(id)).toMatchObject({ available: 300, reserved: 0 });
	});
});

it("ReserveStock, CommitStock and RestoreStock answer nothing", async () => {
	const { id } = await shop.product();
	const given = { reservationId: randomUUID(), orderId: randomUUID(), lines: [line(id)], expiresAt: inMinutes(1) };

	expect(await shop.ask(ReserveStock, given)).toBeNull();
	expect(await commit(given.reservationId)).toBeNull();
	expect(await restore(given.reservationId)).toBeNull();
});

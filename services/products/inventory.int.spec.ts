import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import * as contract from "../contracts/inventory.ts";
import type { SentTo } from "../contracts/action.ts";
import { GetProduct, UpdateProduct } from "../contracts/products.ts";
import { ADMIN, newVendor, startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";

const refusal = (type: string) => expect.objectContaining({ type });

let shop: RunningProducts;
beforeAll(async () => void (shop = await startProducts()));
afterAll(async () => {
	expect(await shop.rows("select * from stock_discrepancies")).toEqual([]);
	await shop.stop();
});

type Adjustment = Omit<SentTo<typeof contract.AdjustInventory>, "productId" | "reason">;

const adjust = (productId: string, given: Adjustment, principal = ADMIN) =>
	shop.ask(contract.AdjustInventory, { productId, reason: "counted", ...given }, { principal });
const journal = async (productId: string, paging: object = {}) =>
	(await shop.ask(contract.ListMovements, { productId, ...paging })).rows;

async function stockVersion(productId: string) {
	const meta: { principal: typeof ADMIN; $version?: number } = { principal: ADMIN };
	await shop.ask(contract.GetInventory, { productId }, meta);
	return meta.$version;
}

describe("the inventory of a product", () => {
	it("starts with what it was put on sale with", async () => {
		const { id } = await shop.product({ stockQuantity: 7 });

		expect(await shop.stockOf(id)).toEqual({ productId: id, onHand: 7, reserved: 0, available: 7, sold: 0 });
		expect(await journal(id)).toMatchObject([{ kind: "initial", quantity: 7, orderId: null, reason: null }]);
	});

	it("starts empty without a movement", async () => {
		const { id } = await shop.product({ stockQuantity: 0 });

		expect(await journal(id)).toEqual([]);
		expect(await shop.ask(contract.ListMovements, { productId: id })).toMatchObject({ total: 0 });
	});

	it("is adjusted by a difference or to a count, each a movement with its reason", async () => {
		const { id } = await shop.product();
		await shop.hold({ lines: [{ productId: id, quantity: 3 }] });

		expect(await adjust(id, { adjust: -2 })).toMatchObject({ onHand: 8, reserved: 3, available: 5 });
		expect(await adjust(id, { onHand: 20 })).toMatchObject({ onHand: 20, reserved: 3, available: 17 });
		expect(await journal(id, { pageSize: 2 })).toMatchObject([
			{ kind: "adjusted", quantity: 12, reason: "counted" },
			{ kind: "adjusted", quantity: -2, reason: "counted" },
		]);
	});

	it("leaves no movement when the count is what was known", async () => {
		const { id } = await shop.product();

		expect(await adjust(id, { onHand: 10 })).toMatchObject({ onHand: 10 });
		expect(await journal(id)).toHaveLength(1);
	});

	it("keeps what is reserved, and what can be counted", async () => {
		const { id } = await shop.product();
		await shop.hold({ lines: [{ productId: id, quantity: 3 }] });

		await expect(adjust(id, { onHand: 2 })).rejects.toMatchObject({
			type: "STOCK_BELOW_RESERVED",
			data: { reserved: 3 },
		});
		await expect(adjust(id, { adjust: 1_000_000_000 })).rejects.toEqual(refusal("VALIDATION_FAILED"));
		expect(await shop.stockOf(id)).toMatchObject({ onHand: 10 });
	});

	it("has a version of its own, which every move of its units raises, and nothing else", async () => {
		const { id } = await shop.product();
		const seen: (number | undefined)[] = [await stockVersion(id)];
		const then = async (move: Promise<unknown>) => void (await move, seen.push(await stockVersion(id)));
		const hold = () => shop.hold({ lines: [{ productId: id, quantity: 2 }] });

		await then(adjust(id, { adjust: 1 }));
		await then(adjust(id, { onHand: 11 }));
		await then(shop.ask(UpdateProduct, { id, name: "Torch", lowStockThreshold: 1 }));
		const [released, sold] = [await hold(), await hold()];
		await then(shop.ask(contract.RestoreStock, { reservationId: released }));
		await then(shop.ask(contract.CommitStock, { reservationId: sold }));
		const returned = { returnId: randomUUID(), reservationId: sold, items: [{ productId: id, quantity: 1 }] };
		await then(shop.ask(contract.ReturnStock, returned));
		await then(shop.ask(contract.RestoreStock, { reservationId: sold }));
		expect(seen).toEqual([1, 2, 2, 2, 5, 6, 7, 8]);
	});

	it("is not adjusted by somebody who decided on units that have moved since", async () => {
		const { id } = await shop.product();
		const change = { productId: id, adjust: 1, reason: "counted" };
		const version = await stockVersion(id);
		await shop.hold({ lines: [{ productId: id, quantity: 1 }] });
		const late = { principal: ADMIN, expectedVersion: version! };
		await expect(shop.ask(contract.AdjustInventory, change, late)).rejects.toEqual(refusal("PRECONDITION_FAILED"));

		const meta = { principal: ADMIN, expectedVersion: (await stockVersion(id))!, $version: 0 };
		expect(await shop.ask(contract.AdjustInventory, change, meta)).toMatchObject({ onHand: 11 });
		expect(meta.$version).toBe(await stockVersion(id));
	});

	it("is adjusted once for one Idempotency-Key", async () => {
		const { id } = await shop.product();
		const operation = { key: randomUUID(), fingerprint: "f", deadlineMs: Date.now() + 10_000 };
		const params = { productId: id, adjust: 5, reason: "delivery" };
		const send = () => shop.ask(contract.AdjustInventory, params, { principal: ADMIN, operation });

		expect(await send()).toEqual(await send());
		expect(await shop.stockOf(id)).toMatchObject({ onHand: 15 });
	});

	it("loses no adjustment of many that come together", async () => {
		const { id } = await shop.product({ stockQuantity: 0 });
		await Promise.all(Array.from({ length: 20 }, () => adjust(id, { adjust: 1 })));

		expect(await shop.stockOf(id)).toMatchObject({ onHand: 20 });
	});

	it("is what one of many counts says that come together", async () => {
		const { id } = await shop.product({ stockQuantity: 0 });
		const counts = Array.from({ length: 20 }, (_, index) => 100 + index);
		await Promise.all(counts.map((onHand) => adjust(id, { onHand })));

		expect(counts).toContain((await shop.stockOf(id)).onHand);
	});

	it("raises no version of the product", async () => {
		const { id } = await shop.product();
		await adjust(id, { adjust: 1 });
		await shop.hold({ lines: [{ productId: id, quantity: 1 }] });

		expect((await shop.ask(GetProduct, { id })).version).toBe(1);
	});

	it("is its vendor's to see and to adjust, and does not exist for another", async () => {
		const vendor = newVendor();
		const { id: productId } = await shop.product({}, vendor);
		const asks = (principal: typeof vendor) => [
			shop.ask(contract.GetInventory, { productId }, { principal }),
			shop.ask(contract.ListMovements, { productId }, { principal }),
			adjust(productId, { adjust: 1 }, principal),
		];

		await Promise.all(asks(vendor));
		const refused = await Promise.allSettled(asks(newVendor()));
		expect(refused).toEqual(
			Array.from({ length: 3 }, () => ({ status: "rejected", reason: refusal("PRODUCT_NOT_FOUND") })),
		);
	});

	it.each(["update movements set quantity = 1", "delete from movements", "truncate movements"])(
		"has a journal that refuses to %s",
		async (change) => {
			await expect(shop.rows(change)).rejects.toThrow("append-only");
		},
	);

	it("has books that cannot be unbalanced", async () => {
		const { id } = await shop.product();
		const change = shop.rows("update inventory set available = available + 1 where product_id = $1", [id]);

		await expect(change).rejects.toMatchObject({ constraint: "inventory_balanced" });
	});

	it("is compared with its journal and its reservations", async () => {
		const { id } = await shop.product();
		const books = () => shop.rows("select product_id from stock_discrepancies");
		await shop.rows("update inventory set available = available - 1, reserved = reserved + 1 where product_id = $1", [
			id,
		]);
		expect(await books()).toEqual([{ product_id: id }]);

		await shop.rows("update inventory set available = available + 1, reserved = reserved - 1 where product_id = $1", [
			id,
		]);
		expect(await books()).toEqual([]);
	});

	it("has a journal that is read by cursor too", async () => {
		const { id } = await shop.product();
		await adjust(id, { adjust: 1 });
		const first = await shop.ask(contract.ListMovements, { productId: id, limit: 1 });
		const { nextCursor: cursor } = first as { nextCursor: string };

		expect(first.rows).toMatchObject([{ kind: "adjusted" }]);
		expect(await journal(id, { cursor })).toMatchObject([{ kind: "initial" }]);
	});
});

describe("low stock", () => {
	const lowOf = async (id: string) => {
		const facts = (await shop.factsOf(id)).filter(({ name }) => name === "product.low_stock");
		return facts.map(({ body }) => contract.LowStock.schema.strict().parse(body).currentStock);
	};

	it("is told once per downward crossing of the threshold", async () => {
		const { id, vendorId } = await shop.product({ lowStockThreshold: 5 }, newVendor());
		const take = (quantity: number) => shop.hold({ lines: [{ productId: id, quantity }] });

		await take(4);
		expect(await lowOf(id)).toEqual([]);
		const held = await take(1);
		await take(1);
		expect(await lowOf(id)).toEqual([5]);

		await adjust(id, { adjust: 1 });
		await adjust(id, { adjust: -1 });
		expect(await lowOf(id)).toEqual([5]);

		await shop.ask(contract.RestoreStock, { reservationId: held });
		await adjust(id, { adjust: 3 });
		await adjust(id, { onHand: 5 + 3 });
		expect(await lowOf(id)).toEqual([5, 3]);
		expect((await shop.factsOf(id))[1]).toMatchObject({
			sequence: 2,
			body: { productId: id, threshold: 5, currentStock: 5, vendorId },
		});
	});

	it("is told again when what was restocked is sold again", async () => {
		const { id } = await shop.product({ lowStockThreshold: 8 });
		const order = { lines: [{ productId: id, quantity: 4 }] };
		const reservationId = await shop.hold(order);
		await shop.ask(contract.CommitStock, { reservationId });
		await shop.ask(contract.RestoreStock, { reservationId });
		await shop.hold(order);

		expect(await lowOf(id)).toEqual([6, 6]);
	});

	it("is told once when orders and adjustments cross the threshold together", async () => {
		const { id } = await shop.product({ stockQuantity: 30, lowStockThreshold: 10 });
		const down = Array.from({ length: 12 }, () => [
			shop.hold({ lines: [{ productId: id, quantity: 1 }] }),
			adjust(id, { adjust: -1 }),
		]);
		await Promise.all(down.flat());

		expect(await lowOf(id)).toEqual([10]);
	});

	it("is told of each product of an order", async () => {
		const one = await shop.product({ lowStockThreshold: 9 });
		const two = await shop.product({ lowStockThreshold: 9 });
		await shop.hold({ lines: [one, two].map(({ id }) => ({ productId: id, quantity: 2 })) });

		expect([await lowOf(one.id), await lowOf(two.id)]).toEqual([[8], [8]]);
	});

	it("follows a threshold that is raised to what is left", async () => {
		const { id } = await shop.product({ lowStockThreshold: 5 });
		await shop.ask(UpdateProduct, { id, lowStockThreshold: 12 });
		await shop.hold({ lines: [{ productId: id, quantity: 1 }] });

		expect(await lowOf(id)).toEqual([10]);
	});

	it("raises the number of facts, and no version", async () => {
		const { id } = await shop.product({ lowStockThreshold: 5 });
		await shop.hold({ lines: [{ productId: id, quantity: 6 }] });
		const { version } = await shop.ask(UpdateProduct, { id, name: "Torch" });

		expect(version).toBe(2);
		expect((await shop.factsOf(id)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
	});
});

import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { startBroker } from "../../../test/support/broker.ts";
import { listeningBus } from "../../../test/support/listening-bus.ts";
import { call } from "../../contracts/action.ts";
import { CreateCategory, DeleteCategory, ListCategories, UpdateCategory } from "../../contracts/categories.ts";
import { AdjustInventory, CommitStock, RestoreStock } from "../../contracts/inventory.ts";
import type { Meta } from "../../contracts/meta.ts";
import { DeleteProduct, GetProduct, ListProducts, UpdateProduct } from "../../contracts/products.ts";
import type { Product } from "../../contracts/products.ts";
import { SearchProducts } from "../../contracts/searching.ts";
import { ADMIN, CUSTOMER, startProducts } from "../products.fixture.ts";
import type { RunningProducts } from "../products.fixture.ts";
import type { Products } from "../products.context.ts";
import products from "../products.service.ts";

let shop: RunningProducts;
/** Another node on the same database, which hears no broadcast. */
let other: ServiceBroker;
let product: Product;
let categoryId: string;
/** By which answers grow old: it stands still, however long the database takes. */
const clock = { ms: 0 };

beforeAll(async () => {
	shop = await startProducts();
	other = await startBroker([products], { nodeID: "other", bus: listeningBus(() => undefined) });
	for (const broker of [shop.broker, other])
		jest.spyOn(broker.getLocalService("products") as Products, "cacheNowMs").mockImplementation(() => clock.ms);
});
afterAll(async () => {
	await other.stop();
	await shop.stop();
});
beforeEach(async () => {
	categoryId = (await shop.ask(CreateCategory, { name: `Lights ${shop.service.newId()}` })).id;
	product = await shop.product({ name: "Lantern", categoryId });
});

const get = (broker = shop.broker) => call(broker, GetProduct, { id: product.id }, { meta: { principal: CUSTOMER } });
const list = () => shop.ask(ListProducts, { categoryId, pageSize: 5 }, { principal: CUSTOMER });
const search = () => shop.ask(SearchProducts, { q: "lantern", categoryId }, { principal: CUSTOMER });
/** The categories below that of the product. */
async function below(broker = shop.broker): Promise<string[] | undefined> {
	const asked = { tree: "true", pageSize: 100 } as const;
	const { rows } = await call(broker, ListCategories, asked, { meta: { principal: CUSTOMER } });
	return rows.find(({ id }) => id === categoryId)?.children?.map(({ name }) => name);
}
/** All that a customer sees of the product. */
const seen = async () => [await get(), (await list()).rows[0], (await search()).rows[0]];
const thrice = <T>(what: T): T[] => [what, what, what];

/** Which statements a question took. */
async function statementsOf(ask: () => Promise<unknown>): Promise<string[]> {
	const before = shop.statements.length;
	await ask();
	return shop.statements
		.slice(before)
		.filter(
			(name) => !/^(outbox|inbox|leases|analytics|views|imports|operations|reservations[.]releaseExpired)/.test(name),
		);
}

describe("a kept answer", () => {
	it("takes no statement, whoever asks", async () => {
		await seen();

		expect(await statementsOf(seen)).toEqual([]);
		expect(await statementsOf(() => shop.ask(GetProduct, { id: product.id }, {}))).toEqual([]);
	});

	it("of a tree of categories is read from the table once", async () => {
		await below();
		const found = jest.spyOn(shop.service.actions, "find");
		await below();
		await shop.ask(ListCategories, { tree: "true", pageSize: 100 }, {});

		expect(found).not.toHaveBeenCalled();
		found.mockRestore();
	});

	it("is asked for once by many at the same time", async () => {
		await shop.ask(UpdateProduct, { id: product.id, price: 11 });

		expect(await statementsOf(() => Promise.all(Array.from({ length: 20 }, () => get())))).toEqual(["products.find"]);
	});

	it("has the version of the product it shows, each time", async () => {
		await shop.ask(UpdateProduct, { id: product.id, price: 12 });
		const versions: unknown[] = [];
		for (let time = 0; time < 2; time++) {
			const meta: Meta = { principal: CUSTOMER };
			await shop.ask(GetProduct, { id: product.id }, meta);
			versions.push(meta.$version);
		}

		expect(versions).toEqual([2, 2]);
	});

	it("is what everybody may see: staff asks the database, and what it sees is kept for nobody", async () => {
		await shop.ask(UpdateProduct, { id: product.id, isActive: false });
		await shop.ask(GetProduct, { id: product.id });
		await shop.ask(ListProducts, { categoryId, pageSize: 5 });

		await expect(get()).rejects.toMatchObject({ type: "PRODUCT_NOT_FOUND" });
		expect((await list()).rows).toEqual([]);
	});
});

describe("the node that writes shows at once", () => {
	it("another price", async () => {
		await seen();
		await shop.ask(UpdateProduct, { id: product.id, price: 99 });

		expect(await seen()).toMatchObject(thrice({ price: 99 }));
	});

	it("a new product", async () => {
		await seen();
		await shop.product({ name: "Lantern two", categoryId });

		expect((await list()).rows).toHaveLength(2);
		expect((await search()).rows).toHaveLength(2);
	});

	it("that a product is gone", async () => {
		await seen();
		await shop.ask(DeleteProduct, { id: product.id });

		await expect(get()).rejects.toMatchObject({ type: "PRODUCT_NOT_FOUND" });
		expect([(await list()).rows, (await search()).rows]).toEqual([[], []]);
	});

	it("the new name of its category", async () => {
		await seen();
		const name = `Lamps ${product.id}`;
		await shop.ask(UpdateCategory, { id: categoryId, name });

		expect(await seen()).toMatchObject(thrice({ category: name }));
	});

	it("what becomes of the categories below it", async () => {
		expect(await below()).toEqual([]);
		const name = `Torches ${product.id}`;
		const { id } = await shop.ask(CreateCategory, { name, parentId: categoryId });
		expect(await below()).toEqual([name]);

		await shop.ask(UpdateCategory, { id, name: `${name}, brass` });
		expect(await below()).toEqual([`${name}, brass`]);
		await shop.ask(DeleteCategory, { id });
		expect(await below()).toEqual([]);
	});

	it("a change of a category, of which it tells the other nodes", async () => {
		const told = jest.spyOn(shop.broker, "broadcast");
		await shop.ask(UpdateCategory, { id: categoryId, name: `Lamps ${product.id}` });

		expect(told.mock.calls).toContainEqual(["cache.forgotten", { service: "products", shelf: "lists" }]);
		told.mockRestore();
	});

	it("stock that was counted anew", async () => {
		await seen();
		await shop.ask(AdjustInventory, { productId: product.id, onHand: 3, reason: "Counted." });

		expect(await seen()).toMatchObject(thrice({ stockQuantity: 3 }));
	});

	it("of a product the units that an order took and gave back, while lists and searches are kept", async () => {
		await seen();
		const reservationId = await shop.hold({ lines: [{ productId: product.id, quantity: 4 }] });
		expect(await get()).toMatchObject({ stockQuantity: 6 });
		expect(await statementsOf(async () => [await list(), await search()])).toEqual([]);

		await shop.ask(RestoreStock, { reservationId });
		expect(await get()).toMatchObject({ stockQuantity: 10 });
	});

	it("the same when units are sold that were held", async () => {
		const reservationId = await shop.hold({ lines: [{ productId: product.id, quantity: 4 }] });
		await get();
		await shop.ask(CommitStock, { reservationId });

		expect(await statementsOf(get)).toEqual([]);
		expect(await get()).toMatchObject({ stockQuantity: 6 });
	});

	it("what an action has committed that failed afterwards", async () => {
		await get();
		await shop.rows("update products set name = 'Committed' where id = $1", [product.id]);
		const taken = await shop.product({});
		await expect(shop.ask(UpdateProduct, { id: product.id, sku: taken.sku })).rejects.toMatchObject({
			type: "SKU_TAKEN",
		});

		expect(await get()).toMatchObject({ name: "Committed" });
	});
});

describe("a node that hears nothing of a write", () => {
	it("shows it when 900 ms are over, and not before", async () => {
		await Promise.all([get(other), below(other)]);
		const name = `Torches ${product.id}`;
		await shop.ask(UpdateProduct, { id: product.id, price: 77 }, { principal: ADMIN });
		await shop.ask(CreateCategory, { name, parentId: categoryId });

		clock.ms += 899;
		expect([await get(other), await below(other)]).toMatchObject([{ price: 10.5 }, []]);
		clock.ms += 1;
		expect([await get(other), await below(other)]).toMatchObject([{ price: 77 }, [name]]);
	});
});

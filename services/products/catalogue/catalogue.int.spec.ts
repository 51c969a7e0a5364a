import { randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { describeWith, urlOf } from "../../../test/support/servers.ts";
import { until } from "../../../test/support/wait.ts";
import { BrowseCatalogue, GetCatalogueEntry } from "../../contracts/browsing.ts";
import type { CatalogueEntry } from "../../contracts/browsing.ts";
import { ping } from "../../contracts/platform.ts";
import { CreateCategory, UpdateCategory } from "../../contracts/categories.ts";
import { DeleteProduct, SeedProducts, UpdateProduct } from "../../contracts/products.ts";
import { newVendor, startProducts } from "../products.fixture.ts";
import type { RunningProducts } from "../products.fixture.ts";
import { catalogueRowsById } from "../storage/catalogue.queries.ts";
import { CATALOGUE } from "./collection.ts";
import { entryOf } from "./entry.ts";
import { rebuildCatalogue } from "./rebuild.ts";

const refusal = (type: string) => expect.objectContaining({ type });

/** The rules of the projection, wherever its documents are. */
function followsTheProducts(env: () => NodeJS.ProcessEnv): void {
	let shop: RunningProducts;
	beforeAll(async () => void (shop = await startProducts(env(), { isDelivering: true })));
	afterAll(() => shop.stop());

	const found = (id: string) => shop.service.catalogue.get(id);
	/** The entry, once it is as told. */
	const entry = (id: string, is: (shown: CatalogueEntry) => boolean = () => true) =>
		until(async () => {
			const shown = (await found(id))?.document;
			return shown !== undefined && is(shown) && shown;
		});
	const gone = (id: string) => until(async () => (await found(id)) === undefined);
	/** Every fact there is was handled. */
	const settled = async () => {
		const isEmpty = async (pending: string) => (await shop.rows(`select 1 from ${pending} limit 1`)).length === 0;
		await until(() => isEmpty("outbox where published_at is null"));
		await until(() => isEmpty("inbox where processed_at is null"));
	};
	const browse = async (asked: object) => (await shop.ask(BrowseCatalogue, asked)).rows.map(({ name }) => name);
	const category = async (name: string, parentId: string | null = null) =>
		(await shop.ask(CreateCategory, { name, parentId })).id;
	const rebuild = (isTrial = false) => rebuildCatalogue(shop.service.db, shop.service.catalogue, "EUR", { isTrial });

	it("shows a product as it was put on sale, without its stock", async () => {
		const {
			stockQuantity: _,
			isActive: __,
			...product
		} = await shop.product({ name: "Plain", images: ["https://x/y.png"] });

		expect(await entry(product.id)).toEqual({ ...product, categoryIds: [], categoryPath: [] });
		expect(await shop.ask(GetCatalogueEntry, { id: product.id })).toMatchObject({ name: "Plain", price: 10.5 });
	});

	it("shows its newest state, under the names of all categories above it", async () => {
		const garden = await category("Outdoors");
		const pots = await category("Pots", garden);
		const { id } = await shop.product({ categoryId: pots });
		await shop.ask(UpdateProduct, { id, price: 12 });

		expect(await entry(id, ({ price }) => price === 12)).toMatchObject({
			version: 2,
			category: "Pots",
			categoryIds: [garden, pots],
			categoryPath: ["Outdoors", "Pots"],
		});
	});

	it("follows a category that is renamed or moved, with everything below it", async () => {
		const [top, middle, low] = [await category("Top"), await category("Middle"), await category("Low")];
		await shop.ask(UpdateCategory, { id: low, parentId: middle });
		const { id, version } = await shop.product({ categoryId: low });
		await entry(id);

		await shop.ask(UpdateCategory, { id: middle, name: "Centre" });
		await entry(id, ({ categoryPath }) => categoryPath.join() === "Centre,Low");
		await shop.ask(UpdateCategory, { id: middle, parentId: top });
		const moved = await entry(id, ({ categoryPath }) => categoryPath.join() === "Top,Centre,Low");
		expect(moved.version).toBe(version);
	});

	it("loses what is hidden or removed, and shows what is on sale again", async () => {
		const [hidden, removed] = [await shop.product(), await shop.product()];
		await Promise.all([entry(hidden.id), entry(removed.id)]);

		await shop.ask(UpdateProduct, { id: hidden.id, isActive: false });
		await shop.ask(DeleteProduct, { id: removed.id });
		await Promise.all([gone(hidden.id), gone(removed.id)]);
		await expect(shop.ask(GetCatalogueEntry, { id: removed.id })).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));

		await shop.ask(UpdateProduct, { id: hidden.id, isActive: true });
		await entry(hidden.id);
	});

	it("does not bring a removed product back by what was read before", async () => {
		const { id } = await shop.product();
		const [before] = await catalogueRowsById(shop.service.db, [id]);
		await shop.ask(DeleteProduct, { id });
		await settled();

		expect(await shop.service.catalogue.putAll([entryOf(before!, "EUR")])).toBe(0);
		expect(await found(id)).toBeUndefined();
	});

	it("is browsed by category with those below, by vendor and price, in several orders, page by page", async () => {
		const all = await category("Browsed");
		const part = await category("Part", all);
		const { userId } = newVendor();
		const put = (name: string, price: number, given: object) => shop.product({ name, price, ...given });
		const made = [
			await put("Bowl", 5, { categoryId: part, vendorId: userId }),
			await put("Anvil", 80, { categoryId: all }),
			await put("Cup", 20, { categoryId: part }),
			await put("Elsewhere", 5, {}),
		];
		for (const { id } of made) await entry(id);

		expect(await browse({ categoryId: all })).toEqual(["Cup", "Anvil", "Bowl"]);
		expect(await browse({ categoryId: part, sort: "name" })).toEqual(["Bowl", "Cup"]);
		expect(await browse({ categoryId: all, sort: "-price" })).toEqual(["Anvil", "Cup", "Bowl"]);
		expect(await browse({ categoryId: all, minPrice: 5, maxPrice: 20, sort: "price" })).toEqual(["Bowl", "Cup"]);
		expect(await browse({ vendorId: userId })).toEqual(["Bowl"]);

		const first = await shop.ask(BrowseCatalogue, { categoryId: all, sort: "name", limit: 2 });
		const rest = { categoryId: all, sort: "name", limit: 2, cursor: first.nextCursor ?? "" } as const;
		expect(await browse(rest)).toEqual(["Cup"]);
		await expect(shop.ask(BrowseCatalogue, { ...rest, categoryId: part })).rejects.toEqual(
			refusal("VALIDATION_FAILED"),
		);
	});

	it.each([
		{ categoryId: { $ne: null } },
		{ minPrice: { $gt: 0 } },
		{ sort: "$natural" },
		{ $where: "1" },
		{ name: "x" },
	])("refuses to be browsed by %j", async (asked) => {
		await expect(shop.ask(BrowseCatalogue, asked as object)).rejects.toEqual(refusal("VALIDATION_FAILED"));
	});

	it("is rebuilt equal when every fact was handled", async () => {
		await shop.ask(SeedProducts, {});
		await settled();

		expect(await rebuild(true)).toMatchObject({ behind: 0, differing: 0, surplus: 0 });
	});

	it("is repaired by a rebuild, and goes on following", async () => {
		const { id } = await shop.product({ name: "Honest" });
		await entry(id);
		const { catalogue, db } = shop.service;
		const [row] = await catalogueRowsById(db, [id]);
		const { version, document } = entryOf(row!, "EUR");
		await catalogue.remove(id, version + 1);
		await catalogue.put(randomUUID(), 1, { ...document!, name: "Nobody's" });

		expect(await rebuild()).toMatchObject({ differing: 1, surplus: 1 });
		expect((await found(id))?.document.name).toBe("Honest");
		await shop.ask(UpdateProduct, { id, name: "Renamed" });
		await entry(id, ({ name }) => name === "Renamed");
	});

	it("tells how far it is behind", async () => {
		const { id } = await shop.product();
		await entry(id);

		const seconds = shop.service.catalogueLag.seconds(new Date());
		expect(seconds).toBeGreaterThan(0);
		expect(seconds).toBeLessThan(30);
	});

	it("is part of the service's health", async () => {
		expect(await shop.ask(ping("products"), {})).toEqual({ status: "healthy" });
	});
}

describe("the catalogue projection in PostgreSQL", () => {
	followsTheProducts(() => ({}));
});

describeWith(["mongodb"], "the catalogue projection in MongoDB", () => {
	const namespace = `test_${randomBytes(6).toString("hex")}`;
	followsTheProducts(() => ({ MONGODB_URL: urlOf("mongodb"), STOA_NAMESPACE: namespace }));
});

describe("the table of the catalogue projection", () => {
	it("has an index for each field that lists ask for", async () => {
		const shop = await startProducts();
		const indexes = await shop.rows<{ indexname: string }>(
			"select indexname from pg_indexes where tablename = 'documents' and indexname like 'documents_catalogue_%'",
		);
		await shop.stop();

		const expected = Object.keys(CATALOGUE.fields).map((field) => `documents_catalogue_${field.toLowerCase()}`);
		expect(indexes.map(({ indexname }) => indexname).sort()).toEqual(expected.sort());
	});
});

import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { until } from "../../test/support/wait.ts";
import { ping } from "../contracts/platform.ts";
import { CreateCategory } from "../contracts/categories.ts";
import * as contract from "../contracts/products.ts";
import type { Product } from "../contracts/products.ts";
import { ADMIN, CUSTOMER, newVendor, startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";

const refusal = (type: string) => expect.objectContaining({ type });

let shop: RunningProducts;
beforeAll(async () => void (shop = await startProducts()));
afterAll(() => shop.stop());

const get = (id: string, principal = CUSTOMER) => shop.ask(contract.GetProduct, { id }, { principal });
const update = (id: string, given: object, principal = ADMIN) =>
	shop.ask(contract.UpdateProduct, { id, ...given }, { principal });
const remove = (id: string, principal = ADMIN) => shop.ask(contract.DeleteProduct, { id }, { principal });
const names = (listing: { readonly rows: readonly Product[] }) => listing.rows.map(({ name }) => name);

describe("a product", () => {
	it("is answered as its contract says, with the name of its category", async () => {
		const { id: categoryId } = await shop.ask(CreateCategory, { name: "Lamps" });
		const product = await shop.product({ categoryId, description: "Bright", images: ["https://example.com/l.jpg"] });

		expect(contract.Product.strict().parse(product)).toEqual(product);
		expect(product).toMatchObject({ price: 10.5, currency: "EUR", category: "Lamps", stockQuantity: 10, version: 1 });
		expect(await get(product.id)).toEqual(product);
	});

	it("is announced when it is put on sale, revised and removed", async () => {
		const { id } = await shop.product();
		await update(id, { price: 11 });
		await remove(id);

		const facts = await until(() => {
			const published = shop.published.filter(({ aggregateId }) => aggregateId === id);
			return published.length === 3 ? published : undefined;
		});
		expect(facts.map(({ name, sequence }) => [name, sequence])).toEqual([
			["product.created", 1],
			["product.updated", 2],
			["product.updated", 3],
		]);
		expect(facts[1]?.data).toMatchObject({ changed: ["price"], price: 11, version: 2 });
	});

	it("is read with one prepared statement, and so is a list", async () => {
		const { id } = await shop.product();
		shop.statements.splice(0);

		await get(id);
		await shop.ask(contract.ListProducts, {}, { principal: CUSTOMER });

		expect(shop.statements.filter((name) => name.startsWith("products."))).toEqual(["products.find", "products.list"]);
	});

	it("tells its version beside the answer", async () => {
		const { id } = await shop.product();
		const meta = { principal: ADMIN, $version: 0 };

		await shop.ask(contract.UpdateProduct, { id, name: "Torch" }, meta);
		expect(meta.$version).toBe(2);
		meta.$version = 0;
		await shop.ask(contract.GetProduct, { id }, meta);
		expect(meta.$version).toBe(2);
	});

	it("does not exist under an unknown id", async () => {
		await expect(get(randomUUID())).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
		await expect(update(randomUUID(), { name: "x" })).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
		await expect(remove(randomUUID())).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
	});
});

describe("putting on sale", () => {
	it("happens once for one Idempotency-Key", async () => {
		const operation = { key: randomUUID(), fingerprint: "f", deadlineMs: Date.now() + 10_000 };
		const params = { name: "Once", sku: randomUUID(), price: 1 };

		const first = await shop.ask(contract.CreateProduct, params, { principal: ADMIN, operation });
		const second = await shop.ask(contract.CreateProduct, params, { principal: ADMIN, operation });

		expect(second).toEqual(first);
	});

	it("refuses a SKU that is taken, in any spelling of its letters", async () => {
		await shop.product({ sku: "Straße-1" });

		await expect(shop.product({ sku: " STRAßE-1" })).rejects.toEqual(refusal("SKU_TAKEN"));
	});

	it.each(["https://example.com/\u0000", "https://example.com/\ud800", "javascript:alert(1)", "a.jpg"])(
		"refuses an image at %j, which is no address a database can hold",
		async (image) => {
			await expect(shop.product({ images: [image] })).rejects.toMatchObject({
				data: { errors: [{ path: "images.0" }] },
			});
		},
	);

	it("refuses an unknown category, and a price the currency cannot have", async () => {
		await expect(shop.product({ categoryId: randomUUID() })).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
		await expect(shop.product({ price: 1.999 })).rejects.toMatchObject({ data: { errors: [{ path: "price" }] } });
	});
});

describe("revising", () => {
	it("changes the given fields only, and nothing when they are the same", async () => {
		const product = await shop.product({ description: "Bright" });
		const revised = await update(product.id, { price: 12.34, images: ["https://example.com/a.jpg"] });

		expect(revised).toEqual({
			...product,
			...{ price: 12.34, images: ["https://example.com/a.jpg"], version: 2, updatedAt: revised.updatedAt },
		});
		expect(await update(product.id, { price: 12.34 })).toEqual(revised);
		expect(await shop.factsOf(product.id)).toHaveLength(2);
	});

	it("refuses a version that is stale", async () => {
		const { id } = await shop.product();
		const stale = { principal: ADMIN, expectedVersion: 2 };

		const refused = expect.objectContaining({ type: "PRECONDITION_FAILED", data: { currentVersion: 1 } });
		await expect(shop.ask(contract.UpdateProduct, { id, name: "x" }, stale)).rejects.toEqual(refused);
		await expect(shop.ask(contract.DeleteProduct, { id }, stale)).rejects.toEqual(refused);
		expect(await get(id)).toMatchObject({ name: "Lamp", version: 1 });
	});

	it("refuses another product's SKU and an unknown category", async () => {
		const { sku } = await shop.product();
		const { id } = await shop.product();

		await expect(update(id, { sku: sku.toLowerCase() })).rejects.toEqual(refusal("SKU_TAKEN"));
		await expect(update(id, { categoryId: randomUUID() })).rejects.toEqual(refusal("CATEGORY_NOT_FOUND"));
	});

	it("loses no change of two that come together", async () => {
		const { id } = await shop.product();
		await Promise.all([update(id, { name: "Torch" }), update(id, { price: 2 }), update(id, { description: "New" })]);

		expect(await get(id)).toMatchObject({ name: "Torch", price: 2, description: "New", version: 4 });
	});
});

describe("a removed product", () => {
	it("is gone for everybody, and its SKU may be used again", async () => {
		const { id, sku } = await shop.product();
		expect(await remove(id)).toBeNull();

		await expect(get(id, ADMIN)).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
		await expect(update(id, { name: "x" })).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
		await expect(remove(id)).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
		expect((await shop.product({ sku })).id).not.toBe(id);
	});
});

describe("a hidden product", () => {
	it("is seen by its vendor and by admins only, and is not quoted", async () => {
		const vendor = newVendor();
		const { id } = await shop.product({ isActive: false, name: "Hidden" }, vendor);
		const list = async (principal: typeof ADMIN) =>
			names(await shop.ask(contract.ListProducts, { limit: 5 }, { principal }));

		for (const principal of [vendor, ADMIN]) {
			expect(await get(id, principal)).toMatchObject({ name: "Hidden", isActive: false });
			expect(await list(principal)).toContain("Hidden");
		}
		for (const principal of [CUSTOMER, newVendor()]) {
			await expect(get(id, principal)).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
			expect(await list(principal)).not.toContain("Hidden");
		}
		expect((await shop.ask(contract.QuoteProducts, { productIds: [id] })).products).toEqual([]);
	});

	it("has a label for a notice to its vendor, until it is removed, and nobody has looked at it", async () => {
		const label = (id: string) => shop.ask(contract.GetProductLabel, { id }, {});
		const counted = jest.spyOn(shop.service.views, "count");
		const { id, sku } = await shop.product({ isActive: false, name: "Hidden" });

		expect(await label(id)).toEqual({ name: "Hidden", sku });
		await remove(id);
		await expect(label(id)).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
		expect(counted).not.toHaveBeenCalled();
	});
});

describe("a vendor", () => {
	it("sells in his own name, and in no other", async () => {
		const vendor = newVendor();

		expect(await shop.product({}, vendor)).toMatchObject({ vendorId: vendor.userId });
		await expect(shop.product({ vendorId: randomUUID() }, vendor)).rejects.toEqual(refusal("VALIDATION_FAILED"));
	});

	it("changes and removes his own products; another's do not exist for him", async () => {
		const vendor = newVendor();
		const own = await shop.product({}, vendor);
		const foreign = await shop.product({}, newVendor());

		expect(await update(own.id, { name: "Torch" }, vendor)).toMatchObject({ name: "Torch", vendorId: vendor.userId });
		expect(await remove(own.id, vendor)).toBeNull();
		await expect(update(foreign.id, { name: "x" }, vendor)).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
		await expect(remove(foreign.id, vendor)).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
	});
});

describe("the catalogue", () => {
	it("lists a category newest first, by pages and by cursor", async () => {
		const { id: categoryId } = await shop.ask(CreateCategory, { name: "Paged" });
		for (const name of ["one", "two", "three"]) await shop.product({ name, categoryId });
		const list = (paging: object) =>
			shop.ask(contract.ListProducts, { categoryId, ...paging }, { principal: CUSTOMER });

		const first = await list({ pageSize: 2 });
		expect(first).toMatchObject({ total: 3, page: 1, pageSize: 2, totalPages: 2 });
		expect(names(first)).toEqual(["three", "two"]);
		expect(names(await list({ page: 2, pageSize: 2 }))).toEqual(["one"]);
		expect(await list({ page: 3, pageSize: 2 })).toMatchObject({ rows: [], total: 3 });

		const cut = (await list({ limit: 2 })) as { rows: Product[]; nextCursor: string };
		expect(names(cut)).toEqual(["three", "two"]);
		expect(await list({ cursor: cut.nextCursor, limit: 2 })).toMatchObject({
			rows: [{ name: "one" }],
			nextCursor: null,
		});
		await expect(shop.ask(contract.ListProducts, { cursor: cut.nextCursor })).rejects.toEqual(
			refusal("VALIDATION_FAILED"),
		);
	});

	it("lists the same products to customers and staff while none is hidden", async () => {
		const { id: categoryId } = await shop.ask(CreateCategory, { name: "Seen" });
		await shop.product({ categoryId });
		const list = (paging: object, principal = ADMIN) =>
			shop.ask(contract.ListProducts, { categoryId, ...paging }, { principal });

		expect(await list({})).toEqual(await list({}, CUSTOMER));
		expect(await list({ page: 2, pageSize: 1 })).toMatchObject({ rows: [], total: 1 });
		expect(await list({ page: 2, pageSize: 1 }, CUSTOMER)).toMatchObject({ rows: [], total: 1 });
	});

	it("quotes what is on sale in minor units, and leaves out the rest", async () => {
		const { id } = await shop.product({ price: 0.29 });

		expect(await shop.ask(contract.QuoteProducts, { productIds: [id, randomUUID()] })).toEqual({
			currency: "EUR",
			products: [{ productId: id, name: "Lamp", priceCents: 29 }],
		});
	});

	it("is reachable while its database is", async () => {
		expect(await shop.ask(ping("products"), {})).toEqual({ status: "healthy" });
	});
});

import { describe, expect, it } from "@jest/globals";
import { LowStock } from "../../contracts/inventory.ts";
import { ProductCreated, ProductUpdated } from "../../contracts/products.ts";
import { putOnSale, revise, takeOffSale } from "./product.ts";
import type { Product } from "./product.ts";

const id = "0190c1f0-0000-7000-8000-000000000001";
const occasion = { now: new Date("2026-01-02T03:04:05.678Z"), currency: "EUR" };
const later = { ...occasion, now: new Date("2026-01-03T00:00:00.000Z") };
const lamp = (changed: Partial<Product> = {}): Product => ({
	...putOnSale(id, { name: "Lamp", sku: "L-1", priceCents: 1050 }, 10, occasion).state,
	...changed,
});

describe("a product that is put on sale", () => {
	it("is active, at its first version, and nobody's in particular", () => {
		expect(lamp()).toEqual({
			...{ id, name: "Lamp", sku: "L-1", priceCents: 1050, description: null, categoryId: null, vendorId: null },
			...{ images: [], isActive: true, lowStockThreshold: 0, available: 10, version: 1 },
			...{ createdAt: occasion.now, updatedAt: occasion.now, deletedAt: null },
		});
	});

	it("is a fact, with its price in major units", () => {
		const { events } = putOnSale(id, { name: "Lamp", sku: "L-1", priceCents: 1050 }, 10, occasion);

		expect(events).toMatchObject([{ name: "product.created", data: { productId: id, price: 10.5, currency: "EUR" } }]);
		expect(ProductCreated.schema.strict().parse(events[0]?.data)).toBeTruthy();
	});
});

describe("a revision", () => {
	it("names what has changed as clients know it", () => {
		const { state, events } = revise(lamp(), { name: "Lamp", priceCents: 999, images: ["https://a"] }, later);

		expect(state).toEqual(lamp({ priceCents: 999, images: ["https://a"], version: 2, updatedAt: later.now }));
		expect(events).toMatchObject([{ name: "product.updated", data: { changed: ["price", "images"], version: 2 } }]);
		expect(ProductUpdated.schema.strict().parse(events[0]?.data)).toBeTruthy();
	});

	it("that sets the same values decides nothing", () => {
		const product = lamp({ images: ["https://a"] });

		expect(revise(product, { name: "Lamp", images: ["https://a"], categoryId: null }, later)).toEqual({
			state: product,
			events: [],
		});
	});

	it("tells of low stock when the threshold rises to what is left, and not again above it", () => {
		const raised = revise(lamp({ lowStockThreshold: 9 }), { lowStockThreshold: 10 }, later);

		expect(raised.events.map(({ name }) => name)).toEqual(["product.updated", "product.low_stock"]);
		expect(LowStock.schema.strict().parse(raised.events[1]?.data)).toMatchObject({ currentStock: 10, threshold: 10 });
		expect(revise(raised.state, { lowStockThreshold: 11 }, later).events).toHaveLength(1);
	});
});

describe("taking a product off sale", () => {
	it("hides and ends it", () => {
		const { state, events } = takeOffSale(lamp(), later);

		expect(state).toEqual(lamp({ isActive: false, version: 2, updatedAt: later.now, deletedAt: later.now }));
		expect(events).toMatchObject([{ name: "product.updated", data: { changed: ["isActive"], version: 2 } }]);
	});
});

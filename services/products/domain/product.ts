import type { Event } from "../../contracts/event.ts";
import { LowStock } from "../../contracts/inventory.ts";
import { fromMinor } from "../../contracts/money.ts";
import { ProductCreated, ProductUpdated } from "../../contracts/products.ts";

/** What a command may set. */
export interface Details {
	readonly name: string;
	readonly description: string | null;
	readonly sku: string;
	readonly priceCents: number;
	readonly categoryId: string | null;
	readonly vendorId: string | null;
	readonly images: readonly string[];
	readonly isActive: boolean;
	readonly lowStockThreshold: number;
}

export interface Product extends Details {
	readonly id: string;
	/** Units that can be ordered now; they move without the product's version. */
	readonly available: number;
	readonly version: number;
	readonly createdAt: Date;
	readonly updatedAt: Date;
	readonly deletedAt: Date | null;
}

export interface Decision {
	readonly state: Product;
	readonly events: readonly Event[];
}

/** The moment of a command and the money of its shop. */
export interface Occasion {
	readonly now: Date;
	readonly currency: string;
}

export type Draft = Pick<Details, "name" | "sku" | "priceCents"> & Partial<Details>;

const UNSTATED = {
	description: null,
	categoryId: null,
	vendorId: null,
	images: [],
	isActive: true,
	lowStockThreshold: 0,
};

export function putOnSale(id: string, draft: Draft, stockQuantity: number, occasion: Occasion): Decision {
	const { now } = occasion;
	const moments = { createdAt: now, updatedAt: now, deletedAt: null };
	const state: Product = { ...UNSTATED, ...draft, id, available: stockQuantity, version: 1, ...moments };
	return { state, events: [ProductCreated.of(factOf(state, [], occasion))] };
}

/** The same values decide nothing. */
export function revise(product: Product, given: Partial<Details>, occasion: Occasion): Decision {
	const changed = (Object.keys(given) as (keyof Details)[]).filter((field) => !isSame(given[field], product[field]));
	if (changed.length === 0) return { state: product, events: [] };

	const state = { ...product, ...given, version: product.version + 1, updatedAt: occasion.now };
	const updated = ProductUpdated.of(factOf(state, changed, occasion));
	return { state, events: fellLow(product, state) ? [updated, lowStock(state, occasion)] : [updated] };
}

/** Revises a product and counts its stock in the same moment: low stock is told of what is there afterwards. */
export function restate(product: Product, given: Partial<Details>, available: number, occasion: Occasion): Decision {
	const { state, events } = revise({ ...product, available }, given, occasion);
	const told = events.filter(({ name }) => name !== LowStock.name);
	return { state, events: fellLow(product, state) ? [...told, lowStock(state, occasion)] : told };
}

/** Off sale for good. Its row stays, for the orders and the journal that name it. */
export function takeOffSale(product: Product, occasion: Occasion): Decision {
	const { now } = occasion;
	const state = { ...product, isActive: false, version: product.version + 1, updatedAt: now, deletedAt: now };
	return { state, events: [ProductUpdated.of(factOf(state, ["isActive"], occasion))] };
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

const isLow = ({ available, lowStockThreshold }: Product): boolean => available <= lowStockThreshold;
const fellLow = (before: Product, after: Product): boolean => !isLow(before) && isLow(after);

function factOf(product: Product, changed: readonly (keyof Details)[], { now, currency }: Occasion) {
	const { id, sku, name, priceCents, vendorId, categoryId, version } = product;
	return {
		productId: id,
		sku,
		name,
		price: fromMinor(priceCents, currency),
		currency,
		vendorId,
		categoryId,
		changed: changed.map((field) => (field === "priceCents" ? "price" : field)),
		version,
		timestamp: now.toISOString(),
	};
}

function lowStock({ id, available, lowStockThreshold, vendorId }: Product, { now }: Occasion): Event {
	return LowStock.of({
		productId: id,
		currentStock: available,
		threshold: lowStockThreshold,
		vendorId,
		timestamp: now.toISOString(),
	});
}

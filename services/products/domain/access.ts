import { PreconditionFailed } from "../../contracts/errors.ts";
import { ProductNotFound } from "../../contracts/products.ts";
import type { Product } from "./product.ts";

/**
 * Another vendor's product is answered as if it did not exist.
 *
 * @param vendorId whose products may be touched; null touches everybody's
 */
export function soldBy(product: Product, vendorId: string | null): Product {
	if (vendorId !== null && product.vendorId !== vendorId) throw new ProductNotFound();
	return product;
}

/** @throws PreconditionFailed when the caller decided on another version than the current one */
export function expectVersion<T extends Pick<Product, "version">>(product: T, expectedVersion: number | undefined): T {
	if (expectedVersion !== undefined && expectedVersion !== product.version)
		throw new PreconditionFailed({ currentVersion: product.version });
	return product;
}

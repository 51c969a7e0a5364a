import type { Context, ServiceSchema } from "moleculer";
import type { Products } from "../products.context.ts";

interface Named {
	readonly id: string;
	readonly productId: string;
	readonly lines: readonly { readonly productId: string }[];
	readonly items: readonly { readonly productId: string }[];
}

type Forget = (service: Products, params: Named) => void;

/** A product has the name of its category, so these are about all of them. */
const everything: Forget = (service) => service.forgetCatalogue();

/**
 * What may no longer be true after an action, as far as its parameters tell. Restored stock and imports tell by
 * themselves; a commit of stock changes nothing that can be ordered.
 */
const FORGETS: Readonly<Record<string, Forget>> = {
	create: (service) => service.forgetCatalogue([]),
	update: (service, { id }) => service.forgetCatalogue([id]),
	remove: (service, { id }) => service.forgetCatalogue([id]),
	adjustInventory: (service, { productId }) => service.forgetCatalogue([productId]),
	createCategory: everything,
	updateCategory: everything,
	removeCategory: everything,
	seed: everything,
	reserve: (service, { lines }) => service.forgetStock(lines.map(({ productId }) => productId)),
	returnStock: (service, { items }) => service.forgetStock(items.map(({ productId }) => productId)),
};

type Hook = (this: Products, ctx: Context, outcome: unknown) => unknown;

const hooks = (hookOf: (forget: Forget) => Hook): Record<string, Hook> =>
	Object.fromEntries(Object.entries(FORGETS).map(([action, forget]) => [action, hookOf(forget)]));

const done = (forget: Forget): Hook =>
	function (ctx, result) {
		forget(this, ctx.params as Named);
		return result;
	};

/** An action that failed may have committed before: a broken connection does not tell. */
const failed = (forget: Forget): Hook =>
	function (ctx, error) {
		forget(this, ctx.params as Named);
		throw error;
	};

/** Forgets kept answers between the commit of an action and its own answer. */
export const invalidation = {
	hooks: { after: hooks(done), error: hooks(failed) },
} as unknown as Partial<ServiceSchema>;

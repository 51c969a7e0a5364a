import pLimit from "p-limit";
import type { Person, Shop } from "../shop.ts";
import type { Operation } from "./operation.ts";
import type { Cast } from "./request.ts";

/** All at once would be a load test. */
const AT_ONCE = 8;

/**
 * People and things for each operation alone, so that what one destroys, such as an account or a session,
 * does not keep the next from getting far.
 */
export async function castFor(shop: Shop, operations: readonly Operation[]): Promise<Cast[]> {
	const people = await shop.people(operations.flatMap(() => ["admin", "customer", "vendor"] as const));
	const limit = pLimit(AT_ONCE);
	return Promise.all(
		operations.map(async ({ path }, index) => {
			const [admin, customer, vendor] = people.slice(index * 3) as [Person, Person, Person];
			const ids = await limit(() => furnish(shop, `${index}`, admin, customer, vendor));
			const known = (field: string) => ids[field] ?? ids[field === "id" ? kindOf(path) : ""] ?? GOOD[field] ?? [];
			return { tokens: { admin: admin.token, customer: customer.token, vendor: vendor.token }, known };
		}),
	);
}

/** What a field wants to hear and no schema tells. */
const GOOD: Readonly<Record<string, readonly unknown[]>> = {
	email: ["fuzz@example.com", "Fuzz@Example.COM", "fuzz+1@example.com"],
	password: ["correct horse battery"],
	sku: ["FUZZ-1", "fuzz-2"],
	paymentMethod: ["pm_card_visa", "pm_card_chargeDeclined"],
	quantity: [1, 2],
};

/** `/products/categories/{id}` names a category. */
function kindOf(path: string): string {
	const words = path.split("/").slice(1);
	return words[words.indexOf("{id}") - 1] ?? "";
}

async function furnish(shop: Shop, name: string, admin: Person, customer: Person, vendor: Person) {
	const make = async ({ token }: Person, path: string, body: object) => {
		const answer = await shop.send("POST", path, { token, body });
		if (answer.status !== 201 && answer.status !== 202)
			throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
		return answer.body as { id: string; paymentId?: string };
	};
	const category = await make(admin, "/products/categories", { name: `Fuzz ${name}` });
	const product = await make(vendor, "/products", { name: "Fuzz", sku: `F-${name}`, price: 5, stockQuantity: 100_000 });
	const order = { items: [{ productId: product.id, quantity: 2 }], shippingAddress: "1 Fuzz Street" };
	const pending = await make(customer, "/orders", order);
	const paid = await make(customer, "/orders", { ...order, paymentMethod: "pm_card_visa" });

	const users = [customer.userId, vendor.userId];
	const orders = [pending.id, paid.id];
	return {
		...{ users, orders, categories: [category.id], products: [product.id], payments: [paid.paymentId] },
		...{ userId: users, orderId: orders, productId: [product.id], paymentId: [paid.paymentId] },
		...{ categoryId: [category.id], parentId: [category.id], vendorId: [vendor.userId] },
	} as Readonly<Record<string, readonly unknown[]>>;
}

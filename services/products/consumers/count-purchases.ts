import { consumer } from "../../../mixins/inbox.mixin.ts";
import { OrderCreated } from "../../contracts/orders.ts";
import type { Products } from "../products.context.ts";
import { addPurchases } from "../storage/analytics.store.ts";
import { countBasket } from "../storage/basket.store.ts";

/**
 * Counts what an order bought, by day and by pairs. It was bought even when the order is cancelled later: that
 * takes nothing back.
 */
export const countPurchases = consumer<Products, typeof OrderCreated>(
	"products.countPurchases",
	OrderCreated,
	async function ({ data: { items, timestamp } }, tx) {
		await addPurchases(tx, items, timestamp.slice(0, 10));
		await countBasket(
			tx,
			items.map(({ productId }) => productId),
		);
	},
);

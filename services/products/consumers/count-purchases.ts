import { batchConsumer } from "../../../mixins/inbox.mixin.ts";
import { OrderCreated } from "../../contracts/orders.ts";
import type { Products } from "../products.context.ts";
import { addPurchases } from "../storage/analytics.store.ts";
import { countBaskets } from "../storage/basket.store.ts";

/**
 * Counts what orders bought, by day and by pairs. It was bought even when an order is cancelled later: that takes
 * nothing back.
 */
export const countPurchases = batchConsumer<Products, typeof OrderCreated>(
	"products.countPurchases",
	[OrderCreated],
	async function (messages, tx) {
		const orders = messages.map(({ data }) => data);
		await addPurchases(
			tx,
			orders.flatMap(({ items, timestamp }) => items.map((item) => ({ ...item, date: timestamp.slice(0, 10) }))),
		);
		await countBaskets(
			tx,
			orders.map(({ items }) => items.map(({ productId }) => productId)),
		);
	},
);

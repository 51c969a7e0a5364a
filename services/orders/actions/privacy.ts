import type { Ctx } from "../../../mixins/define-service.ts";
import { ServiceBusy } from "../../contracts/errors.ts";
import type { eraseOf, exportOf } from "../../contracts/privacy.ts";
import type { Order } from "../domain/order.ts";
import type { Orders } from "../orders.context.ts";
import { viewOf } from "../order.view.ts";
import { returnViewOf } from "../return.view.ts";
import { historiesOf } from "../storage/history.queries.ts";
import { findOrders } from "../storage/list.queries.ts";
import type { AddressedOrder } from "../storage/order.queries.ts";
import { eraseOrders } from "../storage/privacy.queries.ts";
import { findReturnReasons } from "../storage/return.queries.ts";

const EXPORTED_AT_ONCE = 100;

/**
 * Erases what tells who the user is; orders, events and money stay.
 *
 * @throws ServiceBusy while an order of his is being paid: its saga still needs the payment method
 */
export async function eraseUser(this: Orders, { params }: Ctx<ReturnType<typeof eraseOf>>): Promise<null> {
	if (await eraseOrders(this.db, params.userId)) throw new ServiceBusy({ retryAfterSeconds: 1 });
	return null;
}

/** The user's orders with their history and returns, newest first. */
export async function exportUser(this: Orders, { params }: Ctx<ReturnType<typeof exportOf>>) {
	const orders: object[] = [];
	for (let afterId: string | null = null; ;) {
		const slice = { afterId, limit: EXPORTED_AT_ONCE, offset: 0, isCounted: false };
		const { rows } = await findOrders(this.db, { ownerId: params.userId, sort: "-createdAt" }, slice);
		orders.push(...(await exported(this, rows)));
		afterId = rows.at(-1)?.id ?? null;
		if (rows.length < EXPORTED_AT_ONCE) return { data: { orders } };
	}
}

async function exported({ db }: Orders, rows: readonly AddressedOrder[]): Promise<object[]> {
	const histories = await historiesOf(
		db,
		rows.map(({ id }) => id),
	);
	return Promise.all(
		rows.map(async ({ order, ...addresses }) => ({
			...viewOf(order, addresses),
			returns: await returnsOf(db, order),
			events: histories.get(order.id) ?? [],
		})),
	);
}

/** Nearly all orders have none. */
async function returnsOf(db: Orders["db"], order: Order) {
	if (order.returns.length === 0) return [];
	const reasons = await findReturnReasons(db, order.id);
	return order.returns.map((one) => returnViewOf(order, one, reasons));
}

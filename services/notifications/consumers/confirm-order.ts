import { OrderCreated } from "../../contracts/orders.ts";
import { batchConsumer } from "../../../mixins/inbox.mixin.ts";
import type { Received } from "../../../mixins/inbox.mixin.ts";
import type { Notifications } from "../notifications.context.ts";
import { learnCustomers } from "../storage/order-customers.ts";
import { orderConfirmed } from "../templates/built-in/orders.ts";
import { fanOut } from "./fan-out.ts";
import { orderVariables } from "./order-variables.ts";
import { tellRefund } from "./report-refund.ts";

/** Confirms orders, and tells of the refunds whose facts were faster. */
export const confirmOrder = batchConsumer<Notifications, typeof OrderCreated>(
	"notifications.confirmOrder",
	[OrderCreated],
	async function (messages, tx) {
		await fanOut(this, tx, ...messages.map(confirmation));
		const customers = messages.map(({ data: { orderId, userId } }) => ({ orderId, userId }));
		const refunds = await learnCustomers(tx, customers);
		for (const { correlationId, data } of messages) {
			const early = refunds.get(data.orderId) ?? [];
			for (const refund of early) await tellRefund(this, correlationId, tx, { ...data, refund });
		}
	},
);

const confirmation = ({ id, correlationId, data }: Received<typeof OrderCreated>) => ({
	cause: { id, correlationId },
	template: orderConfirmed,
	userId: data.userId,
	aboutId: data.orderId,
	variables: orderVariables(data),
});

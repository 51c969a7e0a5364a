import { OrderCreated } from "../../contracts/orders.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Notifications } from "../notifications.context.ts";
import { learnCustomer } from "../storage/order-customers.ts";
import { orderConfirmed } from "../templates/built-in/orders.ts";
import { fanOut } from "./fan-out.ts";
import { orderVariables } from "./order-variables.ts";
import { tellRefund } from "./report-refund.ts";

/** Confirms an order, and tells of the refunds whose facts were faster. */
export const confirmOrder = consumer<Notifications, typeof OrderCreated>(
	"notifications.confirmOrder",
	OrderCreated,
	async function (message, tx) {
		const { userId, orderId } = message.data;
		const variables = orderVariables(message.data);
		await fanOut(this, message, tx, { template: orderConfirmed, userId, aboutId: orderId, variables });
		for (const refund of await learnCustomer(tx, orderId, userId)) {
			await tellRefund(this, message.correlationId, tx, { userId, orderId, refund });
		}
	},
);

import { OrderCreated } from "../../contracts/orders.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Notifications } from "../notifications.context.ts";
import { orderConfirmation } from "../templates/order.ts";
import { orderVariables } from "./order-variables.ts";
import { queueMail } from "./queue-mail.ts";

export const confirmOrder = consumer<Notifications, typeof OrderCreated>(
	"notifications.confirmOrder",
	OrderCreated,
	async function (message, tx) {
		const { userId, orderId } = message.data;
		const variables = orderVariables(message.data);
		await queueMail(this, message, tx, { template: orderConfirmation, userId, aboutId: orderId, variables });
	},
);

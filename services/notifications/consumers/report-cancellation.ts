import { OrderCancelled } from "../../contracts/orders.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Notifications } from "../notifications.context.ts";
import { orderCancellation } from "../templates/order.ts";
import { orderVariables } from "./order-variables.ts";
import { queueMail } from "./queue-mail.ts";

export const reportCancellation = consumer<Notifications, typeof OrderCancelled>(
	"notifications.reportCancellation",
	OrderCancelled,
	async function (message, tx) {
		const { userId, orderId, reason } = message.data;
		const variables = { ...orderVariables(message.data), reason };
		await queueMail(this, message, tx, { template: orderCancellation, userId, aboutId: orderId, variables });
	},
);

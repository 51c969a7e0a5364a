import { OrderCancelled } from "../../contracts/orders.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Notifications } from "../notifications.context.ts";
import { orderCancelled } from "../templates/built-in/orders.ts";
import { fanOut } from "./fan-out.ts";
import { orderVariables } from "./order-variables.ts";

export const reportCancellation = consumer<Notifications, typeof OrderCancelled>(
	"notifications.reportCancellation",
	OrderCancelled,
	async function (message, tx) {
		const { userId, orderId, reason } = message.data;
		const variables = { ...orderVariables(message.data), reason };
		await fanOut(this, tx, { cause: message, template: orderCancelled, userId, aboutId: orderId, variables });
	},
);

import { OrderUpdated } from "../../contracts/orders.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Notifications } from "../notifications.context.ts";
import { returnAccepted } from "../templates/built-in/orders.ts";
import { fanOut } from "./fan-out.ts";
import { orderVariables } from "./order-variables.ts";

/** Of all that may happen to an order on its way, a customer waits for this to be told. */
export const reportReturn = consumer<Notifications, typeof OrderUpdated>(
	"notifications.reportReturn",
	OrderUpdated,
	async function (message, tx) {
		const { userId, orderId, status, previousStatus } = message.data;
		if (status !== "returned" || previousStatus === "returned") return;
		const variables = orderVariables(message.data);
		await fanOut(this, tx, { cause: message, template: returnAccepted, userId, aboutId: orderId, variables });
	},
);

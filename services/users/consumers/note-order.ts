import { consumer } from "../../../mixins/inbox.mixin.ts";
import { OrderCreated } from "../../contracts/orders.ts";
import { foreignActivity } from "../activity.ts";
import { noteActivity } from "../storage/activities.ts";
import type { Users } from "../users.context.ts";

export const noteOrder = consumer<Users, typeof OrderCreated>(
	"users.noteOrder",
	OrderCreated,
	async function ({ data: { userId, orderId, totalAmount, currency } }, tx) {
		await noteActivity(tx, userId, foreignActivity(this, "ORDER_CREATED", { orderId, totalAmount, currency }));
	},
);

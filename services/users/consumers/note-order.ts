import { batchConsumer } from "../../../mixins/inbox.mixin.ts";
import { OrderCreated } from "../../contracts/orders.ts";
import { foreignActivity } from "../activity.ts";
import { noteActivities } from "../storage/activities.ts";
import type { Users } from "../users.context.ts";

export const noteOrder = batchConsumer<Users, typeof OrderCreated>(
	"users.noteOrder",
	[OrderCreated],
	async function (messages, tx) {
		const ordered = messages.map(({ data: { userId, orderId, totalAmount, currency } }) => {
			return { userId, ...foreignActivity(this, "ORDER_CREATED", { orderId, totalAmount, currency }) };
		});
		await noteActivities(tx, ordered);
	},
);

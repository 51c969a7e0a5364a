import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import { NotificationNotFound } from "../../contracts/notifications.ts";
import type { GetDelivery, ListNotifications } from "../../contracts/notifications.ts";
import type { Notifications } from "../notifications.context.ts";
import { findDelivery, notificationsOfUser } from "../storage/notification-views.ts";

export async function getDelivery(this: Notifications, { params: { id } }: Ctx<typeof GetDelivery>) {
	const found = await findDelivery(this.db, id);
	if (found === undefined) throw new NotificationNotFound();
	return found;
}

export function listNotifications(this: Notifications, { params }: Ctx<typeof ListNotifications>) {
	const { userId, channel, status } = params;
	const filter = { userId, channel, status };
	return listed(params, filter, (slice) => notificationsOfUser(this.db, filter, slice));
}

import type { Ctx } from "../../../mixins/define-service.ts";
import type { EraseNotificationsUser, ExportNotificationsUser } from "../../contracts/notifications.ts";
import { addressesOf } from "../delivery/contact.ts";
import { recipientHash } from "../delivery/recipient-hash.ts";
import type { Notifications } from "../notifications.context.ts";
import * as store from "../storage/privacy.ts";

export async function eraseUser(this: Notifications, { params: { userId } }: Ctx<typeof EraseNotificationsUser>) {
	const { email, phone } = await addressesOf(this, userId);
	const recipientHashes = [
		...(email === null ? [] : [recipientHash("email", email)]),
		...(phone === null ? [] : [recipientHash("sms", phone)]),
	];
	await this.db.transaction((tx) => store.eraseUser(tx, { userId, email, recipientHashes }));
	return null;
}

export async function exportUser(this: Notifications, { params: { userId } }: Ctx<typeof ExportNotificationsUser>) {
	return { data: await store.exportUser(this.db, userId) };
}

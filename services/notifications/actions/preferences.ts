import type { Ctx } from "../../../mixins/define-service.ts";
import { PreconditionFailed, ServiceBusy } from "../../contracts/errors.ts";
import type {
	GetPreferences,
	NotificationPreferences,
	SetPreferences,
} from "../../contracts/notification-preferences.ts";
import { chosen, shown } from "../domain/preferences.ts";
import type { Preferences } from "../domain/preferences.ts";
import type { Notifications } from "../notifications.context.ts";
import { findPreferences, savePreferences } from "../storage/preferences.ts";

export async function getPreferences(this: Notifications, { params: { userId }, meta }: Ctx<typeof GetPreferences>) {
	const { preferences, version } = await findPreferences(this.db, userId);
	meta.$version = version;
	return viewOf(userId, preferences);
}

export async function setPreferences(this: Notifications, { params, meta }: Ctx<typeof SetPreferences>) {
	const { userId, topics = {}, quietHours, timezone } = params;
	const { preferences: before, version } = await findPreferences(this.db, userId);
	if ((meta.expectedVersion ?? version) !== version) throw new PreconditionFailed({ currentVersion: version });

	const preferences: Preferences = {
		topics: chosen(before.topics, topics),
		quietHours: quietHours === undefined ? before.quietHours : quietHours,
		timezone: timezone === undefined ? before.timezone : timezone,
	};
	if (!(await savePreferences(this.db, userId, { preferences, version })))
		throw new ServiceBusy({ retryAfterSeconds: 1 });
	meta.$version = version + 1;
	return viewOf(userId, preferences);
}

const viewOf = (userId: string, preferences: Preferences): NotificationPreferences => ({
	userId,
	topics: shown(preferences),
	quietHours: preferences.quietHours,
	timezone: preferences.timezone,
});

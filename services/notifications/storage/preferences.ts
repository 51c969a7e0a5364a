import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { NO_PREFERENCES } from "../domain/preferences.ts";
import type { Preferences } from "../domain/preferences.ts";

export interface Kept {
	readonly preferences: Preferences;
	/** 0 while the user has chosen nothing. */
	readonly version: number;
}

interface Row {
	readonly topics: Preferences["topics"];
	readonly from: string | null;
	readonly to: string | null;
	readonly timezone: string | null;
	readonly version: number;
}

const FIND = statement<Row>(
	"preferences.find",
	`select topics, quiet_from as "from", quiet_to as "to", timezone, version from notification_preferences where user_id = $1`,
);

/** Saved as the next version of the one that was seen, or not at all. */
const SAVE = statement<{ ok: number }>(
	"preferences.save",
	`insert into notification_preferences (user_id, topics, quiet_from, quiet_to, timezone, version)
	select $1, $2, $3, $4, $5, 1 where $6 = 0
	on conflict (user_id) do nothing returning 1 as ok`,
);

const CHANGE = statement<{ ok: number }>(
	"preferences.change",
	`update notification_preferences set topics = $2, quiet_from = $3, quiet_to = $4, timezone = $5,
		version = version + 1, updated_at = now()
	where user_id = $1 and version = $6 returning 1 as ok`,
);

export async function findPreferences(db: Queryable, userId: string): Promise<Kept> {
	const [row] = await db.query(FIND, [userId]);
	if (row === undefined) return { preferences: NO_PREFERENCES, version: 0 };
	const { topics, from, to, timezone, version } = row;
	return { preferences: { topics, timezone, quietHours: from === null || to === null ? null : { from, to } }, version };
}

/** @returns false when another change came between */
export async function savePreferences(db: Queryable, userId: string, { preferences, version }: Kept): Promise<boolean> {
	const { topics, quietHours, timezone } = preferences;
	const values = [userId, JSON.stringify(topics), quietHours?.from ?? null, quietHours?.to ?? null, timezone, version];
	return (await db.query(version === 0 ? SAVE : CHANGE, values)).length > 0;
}

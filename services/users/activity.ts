import { isIP } from "node:net";
import type { Meta } from "../contracts/meta.ts";
import type { ActivityType } from "./domain/activity.ts";
import { USER_AGENT_LENGTH } from "./sign-in.ts";
import type { NewActivity } from "./storage/activities.ts";
import type { Users } from "./users.context.ts";

/** An activity of the user who asks, with where he asks from. */
export function ownActivity(
	users: Users,
	{ meta }: { meta: Meta },
	type: ActivityType,
	data: object = {},
): NewActivity {
	const origin = { address: ipOf(meta.address), userAgent: meta.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null };
	return { ...foreignActivity(users, type, data), ...origin };
}

/** What somebody else did, or nobody: where he is is not the user's to know. */
export const foreignActivity = (users: Users, type: ActivityType, data: object = {}): NewActivity => ({
	id: users.newId(),
	type,
	data,
	address: null,
	userAgent: null,
	at: users.now(),
});

/** What PostgreSQL takes for an address: without the zone that a link-local one may have. */
function ipOf(address = ""): string | null {
	const [unzoned = ""] = address.split("%");
	return isIP(unzoned) === 0 ? null : unzoned;
}

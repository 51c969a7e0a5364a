import { batchConsumer } from "../../../mixins/inbox.mixin.ts";
import { UserCreated } from "../../contracts/users.ts";
import { foreignActivity } from "../activity.ts";
import { noteActivities } from "../storage/activities.ts";
import type { Users } from "../users.context.ts";

export const noteCreation = batchConsumer<Users, typeof UserCreated>(
	"users.noteCreation",
	[UserCreated],
	async function (messages, tx) {
		const created = messages.map(({ data: { userId, role } }) => {
			return { userId, ...foreignActivity(this, "USER_CREATED", { role }) };
		});
		await noteActivities(tx, created);
	},
);

import { consumer } from "../../../mixins/inbox.mixin.ts";
import { UserCreated } from "../../contracts/users.ts";
import { foreignActivity } from "../activity.ts";
import { noteActivity } from "../storage/activities.ts";
import type { Users } from "../users.context.ts";

export const noteCreation = consumer<Users, typeof UserCreated>(
	"users.noteCreation",
	UserCreated,
	async function ({ data }, tx) {
		await noteActivity(tx, data.userId, foreignActivity(this, "USER_CREATED", { role: data.role }));
	},
);

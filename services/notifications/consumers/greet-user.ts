import { UserCreated } from "../../contracts/users.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Notifications } from "../notifications.context.ts";
import { welcome } from "../templates/built-in/account.ts";
import { fanOut } from "./fan-out.ts";

export const greetUser = consumer<Notifications, typeof UserCreated>(
	"notifications.greetUser",
	UserCreated,
	async function (message, tx) {
		const { userId } = message.data;
		await fanOut(this, tx, { cause: message, template: welcome, userId, aboutId: userId, variables: {} });
	},
);

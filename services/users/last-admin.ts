import type { Cause } from "../../mixins/events/outbox.ts";
import type { Account, Decision } from "./domain/account.ts";
import { lockActiveAdmins } from "./storage/accounts.ts";
import type { AccountRider } from "./storage/rider.ts";
import type { Users } from "./users.context.ts";

/**
 * Changes an account that may be the last administrator's. All administrators are held meanwhile, so that two who
 * dismiss each other at the same moment are not both gone.
 */
export async function changeCounted(
	users: Users,
	cause: Cause,
	id: string,
	rule: (account: Account, isLastAdmin: boolean) => Decision,
	rider: (decision: Decision) => AccountRider | undefined,
): Promise<Account> {
	return users.db.transaction(async (tx) => {
		const admins = await lockActiveAdmins(tx);
		const isLastAdmin = admins.length === 1 && admins[0] === id;
		return users.changeIn(tx, cause, id, (current) => rule(current, isLastAdmin), rider);
	});
}

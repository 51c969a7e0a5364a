import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { UserNotFound } from "../../contracts/users.ts";
import type { GetContact } from "../../contracts/users.ts";
import { findContact } from "../storage/accounts.ts";
import type { Users } from "../users.context.ts";

export async function contact(this: Users, ctx: Ctx<typeof GetContact>): Promise<ResultOf<typeof GetContact>> {
	const found = await findContact(this.db, ctx.params.id);
	if (found === undefined) throw new UserNotFound();
	return found;
}

import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { RegistrationNotFound } from "../../contracts/registrations.ts";
import type { GetRegistration } from "../../contracts/registrations.ts";
import { showRegistration } from "../storage/registrations.ts";
import type { Users } from "../users.context.ts";

export async function getRegistration(
	this: Users,
	ctx: Ctx<typeof GetRegistration>,
): Promise<ResultOf<typeof GetRegistration>> {
	const found = await showRegistration(this.db, ctx.params.id, this.now());
	if (found === undefined) throw new RegistrationNotFound();
	return found;
}

import type { Ctx } from "../../../mixins/define-service.ts";
import type { Erasure, GetErasure } from "../../contracts/accounts.ts";
import { ErasureNotFound } from "../../contracts/accounts.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { erasureOf } from "../erasure.view.ts";
import type { Users } from "../users.context.ts";

export async function getErasure(this: Users, ctx: Ctx<typeof GetErasure>): Promise<Erasure> {
	const scope = ownerScope(ctx.meta.principal);
	if (scope !== null && scope !== ctx.params.id) throw new ErasureNotFound();
	return erasureOf(this, ctx.params.id);
}

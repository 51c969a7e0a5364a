import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { LinkEnded } from "../../contracts/credentials.ts";
import type { MailLink } from "../../contracts/credentials.ts";
import { findOpenLink } from "../storage/links.ts";
import type { Users } from "../users.context.ts";

/** The token stands behind the `#`, which browsers send to nobody. */
export async function mailLink(this: Users, ctx: Ctx<typeof MailLink>): Promise<ResultOf<typeof MailLink>> {
	const { userId, purpose, tokenId } = ctx.params;
	const link = await findOpenLink(this.db, tokenId, this.now());
	if (link?.userId !== userId || link.purpose !== purpose) throw new LinkEnded();

	const url = `${this.config.publicUrl}/account/${purpose}#${this.links.write(link)}`;
	return { url, expiresAt: link.expiresAt.toISOString() };
}

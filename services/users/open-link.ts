import { ChangeRefused } from "../../mixins/aggregate.mixin.ts";
import type { Cause } from "../../mixins/events/outbox.ts";
import { LinkEnded } from "../contracts/credentials.ts";
import type { LinkPurpose } from "../contracts/credentials.ts";
import { UserNotFound } from "../contracts/users.ts";
import type { Account, Decision } from "./domain/account.ts";
import { findOpenLink } from "./storage/links.ts";
import type { OpenLink } from "./storage/links.ts";
import type { AccountRider } from "./storage/rider.ts";
import type { Users } from "./users.context.ts";

/** The open link behind a token. @throws LinkEnded */
export async function linkBehind(users: Users, token: string, purposes: readonly LinkPurpose[]): Promise<OpenLink> {
	const tokenId = users.links.idIn(token);
	const link = tokenId === undefined ? undefined : await findOpenLink(users.db, tokenId, users.now());
	if (link === undefined || !purposes.includes(link.purpose) || !users.links.isRight(token, link))
		throw new LinkEnded();
	return link;
}

/** Changes an account by a link, which is used up by that: of two who come with it, one finds it ended. @throws LinkEnded */
export async function changeByLink(
	users: Users,
	cause: Cause,
	{ userId, tokenId }: OpenLink,
	rule: (account: Account) => Decision,
	rider: AccountRider,
): Promise<Account> {
	try {
		return await users.change(cause, userId, rule, { rider: { ...rider, useLink: tokenId } });
	} catch (error) {
		throw error instanceof ChangeRefused || error instanceof UserNotFound ? new LinkEnded() : error;
	}
}

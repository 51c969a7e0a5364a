import { call } from "../../contracts/action.ts";
import { LinkEnded, MailLink } from "../../contracts/credentials.ts";
import { GetProductLabel, ProductNotFound } from "../../contracts/products.ts";
import type { Taken } from "../domain/attempt.ts";
import type { Notifications } from "../notifications.context.ts";
import type { Asks, Variables } from "../templates/template.ts";
import { ASK_TIMEOUT_MS } from "./contact.ts";
import { Halt } from "./halt.ts";

/**
 * What a template says and its log row must not: asked for at the moment of writing.
 *
 * @throws Halt when there is nothing to tell any more
 */
export async function answersFor(service: Notifications, asks: Asks | undefined, taken: Taken): Promise<Variables> {
	switch (asks) {
		case undefined:
			return {};
		case "link":
			return ended(LinkEnded.type, linkOf(service, taken));
		case "product":
			return ended(ProductNotFound.type, productOf(service, taken));
	}
}

async function linkOf(service: Notifications, { userId, template, variables }: Taken): Promise<Variables> {
	if (userId === null)
		throw new Halt({ outcome: "refused", reason: "LINK_NEEDS_USER", detail: "A link belongs to a user." });
	const asked = { userId, purpose: template as never, tokenId: String(variables.tokenId) };
	const { url, expiresAt } = await call(service.broker, MailLink, asked, { timeout: ASK_TIMEOUT_MS });
	return { url, validUntil: `${expiresAt.slice(0, 16).replace("T", " ")} UTC` };
}

async function productOf(service: Notifications, { variables }: Taken): Promise<Variables> {
	const asked = { id: String(variables.productId) };
	const { name, sku } = await call(service.broker, GetProductLabel, asked, { timeout: ASK_TIMEOUT_MS });
	return { productName: name, sku };
}

/** What has ended is of no use to anybody: nothing has failed. */
async function ended(type: string, question: Promise<Variables>): Promise<Variables> {
	try {
		return await question;
	} catch (error) {
		if ((error as { type?: unknown }).type !== type) throw error;
		throw new Halt({ outcome: "suppressed", reason: type });
	}
}

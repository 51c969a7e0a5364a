import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import PostalMime from "postal-mime";
import type { Email } from "postal-mime";
import type { Shop } from "./shop.ts";
import { until } from "./wait.ts";

const LINK = /https?:\/\/\S+\/account\/([\w-]+)#([\w-]+)/;
const ARRIVES_WITHIN = { timeoutMs: 20_000, everyMs: 100 };

/** The mails of one template that a shop has sent to an address, oldest first; without a mail server they are files in both shapes. */
export async function mailsTo({ home }: Shop, address: string, template: string): Promise<Email[]> {
	const folder = join(home, "mail");
	const files = await readdir(folder).catch(() => []);
	const chosen = files.filter((name) => name.endsWith(".eml") && name.includes(`-${template}-`)).sort();
	const mails = await Promise.all(chosen.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))));
	return mails.filter(({ to }) => to?.some((recipient) => recipient.address === address));
}

/** The token of the link in so many-th mail of a template, which is waited for. */
export async function mailedToken(shop: Shop, address: string, template: string, count = 1): Promise<string> {
	const wanted = async () => (await mailsTo(shop, address, template))[count - 1];
	const mail = await until(wanted, { ...ARRIVES_WITHIN, what: `mail ${template} number ${count}` });
	const [, , token] = LINK.exec(mail.text ?? "") ?? [];
	if (token === undefined) throw new Error(`The mail has no link: ${mail.text ?? ""}`);
	return token;
}

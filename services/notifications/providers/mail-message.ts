import type { Letter } from "./provider.ts";

/** @param from `Name <address>` or an address, whose domain names the mails */
export const messageOf = ({ id, to, subject, text, html, at }: Letter, from: string) => ({
	from,
	to: { name: "", address: to },
	subject,
	text,
	html,
	date: at,
	messageId: `<${id}@${/@([^>\s]+)/.exec(from)?.[1] ?? "localhost"}>`,
	headers: { "Auto-Submitted": "auto-generated" },
});

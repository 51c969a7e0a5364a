import type { Written } from "../templates/template.ts";

export interface Mail extends Written {
	/** Of the notification: the same mail sent again has the same Message-ID, so that readers can drop the second. */
	readonly id: string;
	readonly template: string;
	readonly to: string;
	readonly at: Date;
}

/** Mails of one batch, each on a connection of its own, so that none waits for another that times out. */
export const SENT_AT_ONCE = 5;

/** Hands mails over. Rejects with nodemailer's error: `permanent` when the server refused the mail for good. */
export interface MailTransport {
	send(mail: Mail): Promise<void>;
	close(): void;
}

/** @param from `Name <address>` or an address, whose domain names the mails */
export const messageOf = ({ id, to, subject, text, html, at }: Mail, from: string) => ({
	from,
	to: { name: "", address: to },
	subject,
	text,
	html,
	date: at,
	messageId: `<${id}@${/@([^>\s]+)/.exec(from)?.[1] ?? "localhost"}>`,
	headers: { "Auto-Submitted": "auto-generated" },
});

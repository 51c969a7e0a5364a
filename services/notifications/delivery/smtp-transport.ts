import { createTransport } from "nodemailer";
import type { SmtpServer } from "../config.ts";
import { messageOf, SENT_AT_ONCE } from "./mail-transport.ts";
import type { MailTransport } from "./mail-transport.ts";

const IMPLICIT_TLS_PORT = 465;

/** Sends through a mail server, over few connections that stay open. */
export function smtpTransport({ host, port, login }: SmtpServer, from: string): MailTransport {
	const transport = createTransport({
		pool: true,
		maxConnections: SENT_AT_ONCE,
		// Only what a connection costs that the server has closed while it was idle: to wait and try again is the sender's.
		maxRequeues: 1,
		host,
		port,
		secure: port === IMPLICIT_TLS_PORT,
		// A password never travels in the clear, even when somebody on the way hides the server's STARTTLS.
		...(login && { auth: login, requireTLS: port !== IMPLICIT_TLS_PORT }),
		dnsTimeout: 10_000,
		connectionTimeout: 10_000,
		greetingTimeout: 10_000,
		socketTimeout: 15_000,
	});
	return {
		async send(mail) {
			await transport.sendMail(messageOf(mail, from));
		},
		close: () => transport.close(),
	};
}

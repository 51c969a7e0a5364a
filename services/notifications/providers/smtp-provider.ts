import { createTransport } from "nodemailer";
import type { SendMailOptions } from "nodemailer";
import type { SmtpServer } from "../config.ts";
import { messageOf } from "./mail-message.ts";
import { envelopeIdOf } from "./mail-report.ts";
import type { Provider } from "./provider.ts";
import { smtpFault } from "./smtp-fault.ts";

export interface SmtpUse {
	readonly from: string;
	/** Few, that stay open. */
	readonly connections: number;
	/** With it the server is asked to tell the sender what becomes of a mail, where it knows how (DSN, RFC 3461). */
	readonly reportSecret: string | undefined;
}

/** Sends through a mail server. */
export function smtpProvider(server: SmtpServer, { from, connections, reportSecret }: SmtpUse): Provider {
	const { name, host, port, isImplicitTls, login } = server;
	const transport = createTransport({
		pool: true,
		maxConnections: connections,
		// Only what a connection costs that the server has closed while it was idle: to wait and try again is the lane's.
		maxRequeues: 1,
		host,
		port,
		secure: isImplicitTls,
		// A password never travels in the clear, even when somebody on the way hides the server's STARTTLS.
		...(login && { auth: login, requireTLS: !isImplicitTls }),
		dnsTimeout: 5_000,
		connectionTimeout: 5_000,
		greetingTimeout: 5_000,
		socketTimeout: 15_000,
	});
	return {
		name,
		async send(letter) {
			try {
				await transport.sendMail({
					...messageOf(letter, from),
					// Nodemailer keeps it from servers that do not offer it.
					dsn: reportSecret === undefined ? undefined : reportOf(letter.id, reportSecret),
				});
				return null;
			} catch (error) {
				throw smtpFault(error);
			}
		},
		close: () => transport.close(),
	};
}

const reportOf = (id: string, secret: string): SendMailOptions["dsn"] => ({
	envid: envelopeIdOf(id, secret),
	ret: "HDRS",
	notify: ["SUCCESS", "FAILURE"],
});

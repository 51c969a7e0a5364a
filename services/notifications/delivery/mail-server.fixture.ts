import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { SMTPServerDataStream, SMTPServerOptions } from "smtp-server";

/** Refuses a step of the conversation, as the server says it. */
export interface Refusal {
	readonly responseCode: number;
	readonly message?: string;
}

interface Accepted {
	readonly to: string;
	readonly source: string;
	readonly isSecure: boolean;
	readonly user: string | undefined;
	/** What was said beside the addresses: MAIL FROM:<…> RET=HDRS. */
	readonly parameters: object;
}

export interface MailServer {
	readonly port: number;
	/** Refusals the server gives to a recipient, in order; then it accepts. */
	readonly refusals: Map<string, Refusal[]>;
	/** Refusals of whatever is sent, in order. */
	readonly outOfOrder: Refusal[];
	readonly accepted: Accepted[];
	close(): Promise<void>;
}

/** A real mail server that says what a spec wants it to. */
export async function openMailServer(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
	const refusals: MailServer["refusals"] = new Map();
	const outOfOrder: Refusal[] = [];
	const accepted: MailServer["accepted"] = [];
	const server = new SMTPServer({
		disabledCommands: ["STARTTLS", "AUTH"],
		closeTimeout: 50,
		onMailFrom: (_address, _session, callback) => callback(errorOf(outOfOrder.shift())),
		onRcptTo: ({ address }, _session, callback) => callback(errorOf(refusals.get(address)?.shift())),
		onData(stream, session, callback) {
			const { envelope, secure } = session;
			const user = session.user as string | undefined;
			const said = envelope.mailFrom ? envelope.mailFrom.args : {};
			void read(stream).then((source) => {
				const all = { source, isSecure: secure, user };
				const each = envelope.rcptTo.map(({ address: to, args }) => ({ ...all, to, parameters: { ...said, ...args } }));
				accepted.push(...each);
				callback();
			});
		},
		...options,
	});
	server.on("error", () => undefined);
	await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
	return {
		port: (server.server.address() as AddressInfo).port,
		refusals,
		outOfOrder,
		accepted,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

const errorOf = (refusal: Refusal | undefined): Error | null =>
	refusal === undefined ? null : Object.assign(new Error(refusal.message ?? "not so"), refusal);

async function read(stream: SMTPServerDataStream): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}

import { join } from "node:path";
import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";

const SENDER = /^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/;

const Environment = z.object({
	DATABASE_URL: z.string("is required: the PostgreSQL server, or NOTIFICATION_DATABASE_URL for this service alone"),
	/** Without a host, mails are written to the folder `mail` of STOA_HOME. */
	SMTP_HOST: z.string().optional(),
	SMTP_PORT: z.coerce.number().int().min(1).max(65_535).default(587),
	SMTP_USER: z.string().optional(),
	SMTP_PASSWORD: z.string().optional(),
	MAIL_FROM: z
		.string()
		.regex(SENDER, "is an address, or as in: Shop <shop@example.com>")
		.default("Stoa <shop@stoa.local>"),
});

const InFolder = Environment.extend({
	STOA_HOME: z.string("is required while SMTP_HOST is not set: mails are written to its folder `mail`"),
});
const ByServer = Environment.extend({
	SMTP_PASSWORD: z.string("is required together with SMTP_USER"),
});

export interface SmtpServer {
	readonly host: string;
	readonly port: number;
	readonly login: { readonly user: string; readonly pass: string } | undefined;
}

/** Where mails go: to a server, or into a folder where a developer can open them. */
export type MailRoute = { readonly server: SmtpServer } | { readonly folder: string };

export interface NotificationsConfig {
	readonly databaseUrl: string;
	readonly from: string;
	readonly route: MailRoute;
}

/** The environment of notifications. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env): NotificationsConfig {
	const given = { ...env, DATABASE_URL: databaseUrl("notifications", env) };
	if (!env.SMTP_HOST) {
		const { DATABASE_URL, MAIL_FROM, STOA_HOME } = readConfig(InFolder, given);
		return { databaseUrl: DATABASE_URL, from: MAIL_FROM, route: { folder: join(STOA_HOME, "mail") } };
	}

	const read = readConfig(env.SMTP_USER ? ByServer : Environment, given);
	const { SMTP_USER: user, SMTP_PASSWORD: pass } = read;
	const login = user !== undefined && pass !== undefined ? { user, pass } : undefined;
	const server = { host: env.SMTP_HOST, port: read.SMTP_PORT, login };
	return { databaseUrl: read.DATABASE_URL, from: read.MAIL_FROM, route: { server } };
}

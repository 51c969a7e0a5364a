import { join } from "node:path";
import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";
import { config as outboundConfig } from "../../mixins/outbound/config.ts";
import type { OutboundRules } from "../../mixins/outbound/rules.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";

const SENDER = /^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/;
const SUBMISSION_PORT = 587;
const IMPLICIT_TLS_PORT = 465;

const Environment = z.object({
	DATABASE_URL: z.string("is required: the PostgreSQL server, or NOTIFICATION_DATABASE_URL for this service alone"),
	/** Folders of what is not sent but written: mails without a mail server, SMS without Twilio. */
	STOA_HOME: z.string().optional(),
	SMTP_HOST: z.string().optional(),
	SMTP_PORT: z.coerce.number().int().min(1).max(65_535).default(SUBMISSION_PORT),
	SMTP_USER: z.string().optional(),
	SMTP_PASSWORD: z.string().optional(),
	SMTP_FALLBACK_URL: z
		.url({ protocol: /^smtps?$/, message: "is smtp://user:password@host:port, or smtps:// for TLS from the start" })
		.optional(),
	MAIL_FROM: z
		.string()
		.regex(SENDER, "is an address, or as in: Shop <shop@example.com>")
		.default("Stoa <shop@stoa.local>"),
	MAIL_REPORT_SECRET: z.string().min(32, "has at least 32 characters: openssl rand -hex 32").optional(),
	TWILIO_ACCOUNT_SID: z
		.string()
		.regex(/^AC[0-9a-f]{32}$/i, "is AC and 32 hexadecimal digits")
		.optional(),
	TWILIO_AUTH_TOKEN: z.string().optional(),
	TWILIO_FROM: z.string().optional(),
	TWILIO_API_URL: z.url({ protocol: /^https?$/ }).optional(),
	TWILIO_STATUS_CALLBACK_URL: z
		.url({ protocol: /^https?$/, message: "is the public address of POST /webhooks/twilio" })
		.optional(),
	VAPID_PUBLIC_KEY: z
		.string()
		.regex(/^[A-Za-z0-9_-]{87}$/, "is 65 bytes in base64url")
		.optional(),
	VAPID_PRIVATE_KEY: z
		.string()
		.regex(/^[A-Za-z0-9_-]{43}$/, "is 32 bytes in base64url")
		.optional(),
	VAPID_SUBJECT: z
		.string()
		.regex(/^(mailto:|https:\/\/)/, "is mailto:you@example.com or an https URL, for the makers of browsers")
		.default("mailto:shop@stoa.local"),
});
type Environment = z.output<typeof Environment>;

/** What must be there as well, when something else is. */
const whole = (given: NodeJS.ProcessEnv) =>
	Environment.extend({
		...(!given.SMTP_HOST && {
			STOA_HOME: z.string("is required while SMTP_HOST is not set: mails are written to its folder `mail`"),
		}),
		...(given.SMTP_USER && { SMTP_PASSWORD: z.string("is required together with SMTP_USER") }),
		...(given.TWILIO_ACCOUNT_SID && {
			TWILIO_AUTH_TOKEN: z.string("is required together with TWILIO_ACCOUNT_SID"),
			TWILIO_FROM: z.string("is required together with TWILIO_ACCOUNT_SID: the number or sender that SMS come from"),
		}),
		...(given.VAPID_PUBLIC_KEY && { VAPID_PRIVATE_KEY: z.string("is required together with VAPID_PUBLIC_KEY") }),
	});

export interface SmtpServer {
	/** As the log knows it. */
	readonly name: string;
	readonly host: string;
	readonly port: number;
	/** TLS from the first byte; otherwise STARTTLS where there is a login. */
	readonly isImplicitTls: boolean;
	readonly login: { readonly user: string; readonly pass: string } | undefined;
}

/** Where mails go: to servers, the next when one does not take it, or into a folder where a developer can open them. */
export type MailRoute = { readonly servers: readonly SmtpServer[] } | { readonly folder: string };

export interface TwilioAccount {
	readonly sid: string;
	readonly token: string;
	readonly from: string;
	readonly apiUrl: string | undefined;
	/** Where Twilio tells what became of an SMS; undefined when nobody asks. */
	readonly statusCallbackUrl: string | undefined;
}

export type SmsRoute = { readonly account: TwilioAccount } | { readonly folder: string };

/** The key pair by which the makers of browsers know the shop (RFC 8292). */
export interface VapidKeys {
	readonly publicKey: string;
	readonly privateKey: string;
	readonly subject: string;
}

export interface NotificationsConfig {
	readonly databaseUrl: string;
	readonly from: string;
	readonly mail: MailRoute;
	/** Signs what mail servers tell of mails that they took; undefined when nobody asks. */
	readonly mailReportSecret: string | undefined;
	/** Undefined where SMS can go nowhere. */
	readonly sms: SmsRoute | undefined;
	/** Undefined where no push message is sent. */
	readonly vapid: VapidKeys | undefined;
	readonly outbound: OutboundRules;
}

/** The environment of notifications. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env): NotificationsConfig {
	const given = { ...env, DATABASE_URL: databaseUrl("notifications", env) };
	const read = readConfig(whole(given), given) as Environment;
	return {
		databaseUrl: read.DATABASE_URL,
		from: read.MAIL_FROM,
		mail: mailRoute(read),
		mailReportSecret: read.MAIL_REPORT_SECRET,
		sms: smsRoute(read),
		vapid: vapidKeys(read),
		outbound: outboundConfig(env),
	};
}

function mailRoute(read: Environment): MailRoute {
	const { SMTP_HOST: host, SMTP_PORT: port, SMTP_USER: user, SMTP_PASSWORD: pass, SMTP_FALLBACK_URL: fallback } = read;
	if (host === undefined) return { folder: join(read.STOA_HOME ?? "", "mail") };
	const login = user !== undefined && pass !== undefined ? { user, pass } : undefined;
	const first = { name: "smtp", host, port, isImplicitTls: port === IMPLICIT_TLS_PORT, login };
	return { servers: fallback === undefined ? [first] : [first, fallbackServer(new URL(fallback))] };
}

function fallbackServer({ protocol, hostname, port, username, password }: URL): SmtpServer {
	const isImplicitTls = protocol === "smtps:";
	return {
		name: "smtp-fallback",
		host: hostname,
		port: Number(port || (isImplicitTls ? IMPLICIT_TLS_PORT : SUBMISSION_PORT)),
		isImplicitTls,
		login: username === "" ? undefined : { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
	};
}

function smsRoute(read: Environment): SmsRoute | undefined {
	const { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: token = "", TWILIO_FROM: from = "" } = read;
	if (sid !== undefined) {
		const apiUrl = read.TWILIO_API_URL?.replace(/\/$/, "");
		return { account: { sid, token, from, apiUrl, statusCallbackUrl: read.TWILIO_STATUS_CALLBACK_URL } };
	}
	return read.STOA_HOME === undefined ? undefined : { folder: join(read.STOA_HOME, "sms") };
}

function vapidKeys(read: Environment): VapidKeys | undefined {
	const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT: subject } = read;
	return publicKey !== undefined && privateKey !== undefined ? { publicKey, privateKey, subject } : undefined;
}

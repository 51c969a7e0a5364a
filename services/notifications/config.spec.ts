import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

const DATABASE_URL = "postgres://localhost:5432";
const SERVER = { DATABASE_URL, SMTP_HOST: "mail.example.com" };
const first = { name: "smtp", host: "mail.example.com", port: 587, isImplicitTls: false, login: undefined };

describe("config", () => {
	it("writes into the data folder what it has no provider for", () => {
		expect(config({ DATABASE_URL, STOA_HOME: "/data", SMTP_HOST: "" })).toMatchObject({
			databaseUrl: "postgres://localhost:5432/stoa_notifications",
			from: "Stoa <shop@stoa.local>",
			mail: { folder: "/data/mail" },
			sms: { folder: "/data/sms" },
			vapid: undefined,
		});
	});

	it("sends through the server that is named, with a login or without", () => {
		const login = { SMTP_USER: "shop", SMTP_PASSWORD: "secret", SMTP_PORT: "465", MAIL_FROM: "shop@example.com" };

		expect(config(SERVER)).toMatchObject({ mail: { servers: [first] }, sms: undefined });
		expect(config({ ...SERVER, ...login })).toMatchObject({
			from: "shop@example.com",
			mail: { servers: [{ port: 465, isImplicitTls: true, login: { user: "shop", pass: "secret" } }] },
		});
	});

	it.each([
		["smtp://other.example.com", { host: "other.example.com", port: 587, isImplicitTls: false, login: undefined }],
		[
			"smtps://u%40x:p%2Fw@other:2465",
			{ host: "other", port: 2465, isImplicitTls: true, login: { user: "u@x", pass: "p/w" } },
		],
	])("falls back on %s", (SMTP_FALLBACK_URL, second) => {
		expect(config({ ...SERVER, SMTP_FALLBACK_URL }).mail).toEqual({
			servers: [first, { name: "smtp-fallback", ...second }],
		});
	});

	it("knows an account of Twilio and a pair of VAPID keys", () => {
		const sid = `AC${"0".repeat(32)}`;
		const twilio = { TWILIO_ACCOUNT_SID: sid, TWILIO_AUTH_TOKEN: "t", TWILIO_FROM: "+15005550006" };
		const [publicKey, privateKey] = ["B".repeat(87), "p".repeat(43)];
		const read = config({
			...SERVER,
			...twilio,
			TWILIO_API_URL: "http://localhost:1/",
			TWILIO_STATUS_CALLBACK_URL: "https://shop.example.com/webhooks/twilio",
			VAPID_PUBLIC_KEY: publicKey,
			VAPID_PRIVATE_KEY: privateKey,
		});
		const statusCallbackUrl = "https://shop.example.com/webhooks/twilio";
		expect(read.sms).toEqual({
			account: { sid, token: "t", from: "+15005550006", apiUrl: "http://localhost:1", statusCallbackUrl },
		});
		expect(read.vapid).toEqual({ publicKey, privateKey, subject: "mailto:shop@stoa.local" });
	});

	it("takes reports of mail servers when a secret signs them", () => {
		const secret = "s".repeat(32);
		expect(config({ ...SERVER, MAIL_REPORT_SECRET: secret }).mailReportSecret).toBe(secret);
		expect(config({ ...SERVER, MAIL_REPORT_SECRET: "" }).mailReportSecret).toBeUndefined();
		expect(() => config({ ...SERVER, MAIL_REPORT_SECRET: "s".repeat(31) })).toThrow(
			/MAIL_REPORT_SECRET: has at least 32/,
		);
	});

	it("names every problem at once", () => {
		expect(() => config({})).toThrow(/DATABASE_URL: is required[^]*STOA_HOME: is required while SMTP_HOST is not set/);
		expect(() => config({ ...SERVER, SMTP_PORT: "0", SMTP_USER: "shop", MAIL_FROM: "nobody" })).toThrow(
			/SMTP_PORT[^]*SMTP_PASSWORD: is required together with SMTP_USER/,
		);
		expect(() => config({ ...SERVER, MAIL_FROM: "Shop\r\nBcc: x@example.com" })).toThrow(/MAIL_FROM: is an address/);
		expect(() => config({ ...SERVER, TWILIO_ACCOUNT_SID: "AC1", VAPID_PUBLIC_KEY: "B" })).toThrow(
			/TWILIO_ACCOUNT_SID: is AC[^]*TWILIO_AUTH_TOKEN[^]*TWILIO_FROM[^]*VAPID_PUBLIC_KEY[^]*VAPID_PRIVATE_KEY/,
		);
	});
});

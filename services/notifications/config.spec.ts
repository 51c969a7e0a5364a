import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

const DATABASE_URL = "postgres://localhost:5432";
const SERVER = { DATABASE_URL, SMTP_HOST: "mail.example.com" };

describe("config", () => {
	it("writes mails into the data folder while no mail server is named", () => {
		expect(config({ DATABASE_URL, STOA_HOME: "/data", SMTP_HOST: "" })).toEqual({
			databaseUrl: "postgres://localhost:5432/stoa_notifications",
			from: "Stoa <shop@stoa.local>",
			route: { folder: "/data/mail" },
		});
	});

	it("sends through the server that is named, with a login or without", () => {
		const login = { SMTP_USER: "shop", SMTP_PASSWORD: "secret", SMTP_PORT: "2525", MAIL_FROM: "shop@example.com" };

		expect(config(SERVER).route).toEqual({ server: { host: "mail.example.com", port: 587, login: undefined } });
		expect(config({ ...SERVER, ...login })).toMatchObject({
			from: "shop@example.com",
			route: { server: { port: 2525, login: { user: "shop", pass: "secret" } } },
		});
	});

	it("names every problem at once", () => {
		expect(() => config({})).toThrow(/DATABASE_URL: is required[^]*STOA_HOME: is required while SMTP_HOST is not set/);
		expect(() => config({ ...SERVER, SMTP_PORT: "0", SMTP_USER: "shop", MAIL_FROM: "nobody" })).toThrow(
			/SMTP_PORT[^]*SMTP_PASSWORD: is required together with SMTP_USER|SMTP_PASSWORD[^]*SMTP_PORT/,
		);
		expect(() => config({ ...SERVER, MAIL_FROM: "Shop\r\nBcc: x@example.com" })).toThrow(/MAIL_FROM: is an address/);
	});
});

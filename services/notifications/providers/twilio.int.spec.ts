import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { SendSms } from "../../contracts/notifications.ts";
import { as, startNotifications } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";
import { openTwilioServer, sidOf, twilioError } from "./twilio-server.fixture.ts";
import type { TwilioAnswer, TwilioServer } from "./twilio-server.fixture.ts";

const SID = `AC${"0".repeat(32)}`;

let home = "";
let twilio: TwilioServer;
let running: RunningNotifications;

beforeAll(async () => {
	home = mkdtempSync(join(tmpdir(), "stoa-sms-"));
	twilio = await openTwilioServer();
	running = await startNotifications({
		STOA_HOME: home,
		TWILIO_ACCOUNT_SID: SID,
		TWILIO_AUTH_TOKEN: "token",
		TWILIO_FROM: "+15005550006",
		TWILIO_API_URL: twilio.url,
	});
});
afterAll(async () => {
	await running.stop();
	await twilio.close();
	rmSync(home, { recursive: true });
});

let numbers = 4_915_100_000_000;

function newUser(...answers: TwilioAnswer[]) {
	const phone = `+${(numbers += 1)}`;
	twilio.answers.set(phone, answers);
	return { phone, userId: running.newUser({ phone }) };
}

const REFUND = { orderId: "o-1", amount: 4.25, currency: "EUR" };
const text = (to: { userId: string } | { phone: string }) =>
	running.ask(SendSms, { ...to, template: "refund", variables: REFUND }, as("admin"));

describe("an SMS through Twilio", () => {
	it("is a form that names both numbers, under the account's login", async () => {
		const { phone, userId } = newUser();
		await text({ userId });
		const row = await running.settled(userId, "sent", 1);

		expect(row).toMatchObject({ provider: "twilio", provider_reference: sidOf(1) });
		expect(twilio.requests.at(-1)).toEqual({
			path: `/2010-04-01/Accounts/${SID}/Messages.json`,
			authorization: `Basic ${btoa(`${SID}:token`)}`,
			form: { To: phone, From: "+15005550006", Body: "We have given back 4.25 EUR." },
		});
	});

	it.each([
		[21211, "is not a valid phone number"],
		[21610, "Attempt to send to unsubscribed recipient"],
	])("bounces by error %i, and the number gets no other", async (code, message) => {
		const { phone, userId } = newUser(twilioError(400, code, `The number ${message}`));
		await text({ userId });
		expect(await running.settled(userId, "bounced", 1)).toMatchObject({ reason: `TWILIO_${code}` });

		const before = twilio.requests.length;
		const { deliveries } = await text({ phone });
		expect(await running.settledById(deliveries[0]!, "suppressed")).toMatchObject({ recipient: null });
		expect(twilio.requests).toHaveLength(before);
	});

	it("is tried again when Twilio is busy or broken", async () => {
		const { userId } = newUser(
			twilioError(429, 20429, "Too Many Requests"),
			twilioError(503, 20503, "Service Unavailable"),
		);
		await text({ userId });
		await running.deferred(userId, 1);
		await running.hasten(userId);
		await running.deferred(userId, 2);
		await running.hasten(userId);
		await running.settled(userId, "sent", 3);
	});

	it("fails when Twilio will not have it", async () => {
		const { userId } = newUser(
			twilioError(400, 21408, "Permission to send an SMS has not been enabled for the region"),
		);
		await text({ userId });
		expect(await running.settled(userId, "failed", 1)).toMatchObject({ reason: "TWILIO_21408" });
	});

	it("is not possible to who has no number, or one without its country", async () => {
		for (const phone of [null, "0151 123"]) {
			const userId = running.newUser({ phone });
			await text({ userId });
			expect(await running.settled(userId, "suppressed")).toMatchObject({ reason: "NO_PHONE" });
		}
	});
});

describe("without an account of Twilio", () => {
	it("an SMS is a file", async () => {
		const shop = await startNotifications({ STOA_HOME: home });
		try {
			const userId = shop.newUser({ phone: "+49 151 999" });
			await shop.ask(SendSms, { userId, template: "refund", variables: REFUND }, as("admin"));
			const { id } = await shop.settled(userId, "sent");
			const [file = ""] = readdirSync(join(home, "sms")).filter((name) => name.includes(id));
			expect(file).toMatch(/-refund-.*[.]txt$/);
			expect(readFileSync(join(home, "sms", file), "utf8")).toBe("To: +49151999\n\nWe have given back 4.25 EUR.\n");
		} finally {
			await shop.stop();
		}
	});

	it("and without a folder it fails, and says what is missing", async () => {
		const shop = await startNotifications({ SMTP_HOST: "localhost" });
		try {
			const userId = shop.newUser({ phone: "+4915199999" });
			await shop.ask(SendSms, { userId, template: "refund", variables: REFUND }, as("admin"));
			expect(await shop.settled(userId, "failed", 1)).toMatchObject({ reason: "CHANNEL_NOT_CONFIGURED" });
		} finally {
			await shop.stop();
		}
	});
});

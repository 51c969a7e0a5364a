import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import twilioSdk from "twilio";
import { SendSms } from "../../contracts/notifications.ts";
import { TakeSmsReport } from "../../contracts/delivery-reports.ts";
import { statement } from "../../../mixins/sql/database.ts";
import { as, startNotifications } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";
import { openTwilioServer } from "./twilio-server.fixture.ts";
import type { TwilioServer } from "./twilio-server.fixture.ts";

const TOKEN = "token";
const CALLBACK_URL = "https://shop.example.com/webhooks/twilio?shop=1";
const ACCOUNT = { TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`, TWILIO_AUTH_TOKEN: TOKEN, TWILIO_FROM: "+15005550006" };
const PLAN = statement<{ "QUERY PLAN": string }>(
	"spec.plan",
	"explain select 1 from notification_logs where provider = 'twilio' and provider_reference = 'SM1'",
);
const NO_SEQUENTIAL_SCANS = statement("spec.noSeqScan", "set local enable_seqscan = off");

let home = "";
let twilio: TwilioServer;
let running: RunningNotifications;

beforeAll(async () => {
	home = mkdtempSync(join(tmpdir(), "stoa-callback-"));
	twilio = await openTwilioServer();
	const env = { STOA_HOME: home, TWILIO_API_URL: twilio.url, TWILIO_STATUS_CALLBACK_URL: CALLBACK_URL };
	running = await startNotifications({ ...ACCOUNT, ...env });
});
afterAll(async () => {
	await running.stop();
	await twilio.close();
	rmSync(home, { recursive: true });
});

const REFUND = { orderId: "o-1", amount: 4.25, currency: "EUR" };
const text = (userId: string) => running.ask(SendSms, { userId, template: "refund", variables: REFUND }, as("admin"));

let numbers = 4_915_200_000_000;

/** An SMS that Twilio has taken. */
async function sent() {
	const phone = `+${(numbers += 1)}`;
	const userId = running.newUser({ phone });
	await text(userId);
	const { id, provider_reference: sid } = await running.settled(userId, "sent", 1);
	return { id, userId, phone, form: { MessageSid: sid ?? "", To: phone, From: "+15005550006", SmsStatus: "x y&=ä" } };
}

type Form = Readonly<Record<string, string>>;
const signed = (form: Form, url = CALLBACK_URL, token = TOKEN) =>
	twilioSdk.getExpectedTwilioSignature(token, url, form);
const tell = (form: Form, signature = signed(form)) =>
	running.ask(TakeSmsReport, {
		raw: Buffer.from(new URLSearchParams(form).toString()).toString("base64"),
		headers: signature === "" ? {} : { "x-twilio-signature": signature },
	});

const rowOf = async (userId: string) => (await running.log(userId))[0];
const namesOf = async (userId: string) => (await running.facts(userId)).map(({ name, sequence }) => [name, sequence]);
const SENT = ["notification.sent", 1];
const FAILED = ["notification.failed", 2];

describe("Twilio's callback", () => {
	it("is asked for with each message", async () => {
		await sent();
		expect(twilio.requests.at(-1)?.form).toMatchObject({ StatusCallback: CALLBACK_URL });
	});

	it("makes an SMS delivered, which nothing takes back", async () => {
		const { userId, form } = await sent();
		await tell({ ...form, MessageStatus: "sent" });
		expect(await rowOf(userId)).toMatchObject({ status: "sent" });

		expect(await tell({ ...form, MessageStatus: "delivered" })).toBeNull();
		for (const MessageStatus of ["delivered", "sent", "queued", "failed"])
			await tell({ ...form, MessageStatus, ErrorCode: "30005" });
		expect(await rowOf(userId)).toMatchObject({ status: "delivered", reason: null });
		expect(await namesOf(userId)).toEqual([SENT]);
	});

	it("tells once that an SMS failed, however often and at once it comes", async () => {
		const { id, userId, form } = await sent();
		const undelivered = { ...form, MessageStatus: "undelivered", ErrorCode: "30007" };
		await Promise.all(Array.from({ length: 8 }, () => tell(undelivered)));
		await tell({ ...form, MessageStatus: "delivered" });

		expect(await rowOf(userId)).toMatchObject({ status: "failed", reason: "TWILIO_30007" });
		expect(await namesOf(userId)).toEqual([SENT, FAILED]);
		expect((await running.facts(userId))[1]?.body).toMatchObject({ notificationId: id, reason: "TWILIO_30007" });
	});

	it.each([
		["30005", "suppressed"],
		["21610", "suppressed"],
		["30003", "sent"],
	])("bounces by error %s; the next SMS to the number is %s", async (ErrorCode, status) => {
		const { id, userId, form } = await sent();
		await tell({ ...form, MessageStatus: "undelivered", ErrorCode });
		expect(await running.settledById(id, "bounced")).toMatchObject({ reason: `TWILIO_${ErrorCode}` });
		expect(await namesOf(userId)).toEqual([SENT, FAILED]);

		const { deliveries } = await text(userId);
		await running.settledById(deliveries[0]!, status);
	});

	it("of a message that is not known is answered, and changes nothing", async () => {
		const { userId } = await sent();
		for (const form of [{ MessageSid: "SMx", To: "+1", MessageStatus: "failed" }, { MessageStatus: "failed" }, {}])
			expect(await tell(form)).toBeNull();
		expect(await rowOf(userId)).toMatchObject({ status: "sent" });
	});

	it.each([
		["with another token", (form: Form) => signed(form, CALLBACK_URL, "other")],
		["for another address", (form: Form) => signed(form, "https://shop.example.com/webhooks/twilio")],
		["of another form", (form: Form) => signed({ ...form, MessageStatus: "sent" })],
		["missing", () => ""],
		["garbage", () => "AAAA"],
	])("whose signature is %s is refused", async (_what, sign) => {
		const { userId, form } = await sent();
		const delivered = { ...form, MessageStatus: "delivered" };
		const refused = { type: "CALLBACK_NOT_SIGNED", code: 400 };
		await expect(tell(delivered, sign(delivered))).rejects.toMatchObject(refused);
		expect(await rowOf(userId)).toMatchObject({ status: "sent" });
	});

	it("finds its SMS by an index", async () => {
		const plan = await running.service.db.transaction(async (tx) => {
			await tx.query(NO_SEQUENTIAL_SCANS);
			return tx.query(PLAN);
		});
		expect(JSON.stringify(plan)).toContain("notification_logs_at_twilio");
	});

	it.each([
		["an account", {}],
		["an address for it", ACCOUNT],
	])("is refused without %s, with what to do", async (_what, env) => {
		const shop = await startNotifications({ STOA_HOME: home, ...env });
		try {
			const refused = {
				type: "CALLBACKS_OFF",
				code: 404,
				message: expect.stringContaining("TWILIO_STATUS_CALLBACK_URL"),
			};
			await expect(shop.ask(TakeSmsReport, { raw: "", headers: {} })).rejects.toMatchObject(refused);
		} finally {
			await shop.stop();
		}
	});
});

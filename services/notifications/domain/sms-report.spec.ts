import { describe, expect, it } from "@jest/globals";
import { NOTIFICATION_STATUSES, NotificationFailed } from "../../contracts/notifications.ts";
import { learn } from "./sms-report.ts";
import type { Reported } from "./sms-report.ts";

const NOW = new Date("2026-03-01T10:00:00.000Z");
const notification = (status: Reported["status"] = "sent"): Reported => ({
	id: "0197c5b0-0000-7000-8000-000000000001",
	userId: "0197c5b0-0000-7000-8000-000000000002",
	channel: "sms",
	template: "refund",
	status,
});
const told = (messageStatus: string, errorCode?: number, status?: Reported["status"]) =>
	learn(notification(status), { messageStatus, errorCode }, NOW);

describe("what Twilio tells of an SMS", () => {
	it("makes it delivered, which is no fact for others", () => {
		expect(told("delivered")).toMatchObject({ status: "delivered", reason: null, isSuppressing: false, events: [] });
	});

	it.each(["accepted", "scheduled", "queued", "sending", "sent", "canceled", "receiving", ""])(
		"changes nothing while it is %s",
		(messageStatus) => expect(told(messageStatus)).toBeUndefined(),
	);

	it.each(["undelivered", "failed"])("fails one that is %s, and tells so once", (messageStatus) => {
		const learned = told(messageStatus, 30007);
		expect(learned).toMatchObject({ status: "failed", reason: "TWILIO_30007", isSuppressing: false });
		expect(learned?.events).toMatchObject([
			{ name: "notification.failed", data: { reason: "TWILIO_30007", channel: "sms", template: "refund" } },
		]);
		expect(NotificationFailed.schema.safeParse(learned?.events[0]?.data).success).toBe(true);
	});

	it("names the status when there is no code", () => {
		expect(told("undelivered")).toMatchObject({ status: "failed", reason: "TWILIO_UNDELIVERED" });
	});

	it.each([21211, 21610, 21614, 30005, 30006])("bounces by error %i, and suppresses the number", (errorCode) => {
		expect(told("undelivered", errorCode)).toMatchObject({ status: "bounced", isSuppressing: true });
	});

	it("bounces at a handset that is switched off, which gets the next one", () => {
		expect(told("undelivered", 30003)).toMatchObject({ status: "bounced", isSuppressing: false });
	});

	it.each(NOTIFICATION_STATUSES.filter((status) => status !== "sent"))(
		"takes nothing back of one that is %s",
		(status) => {
			for (const messageStatus of ["delivered", "undelivered", "failed", "sent"])
				expect(told(messageStatus, 30005, status)).toBeUndefined();
		},
	);
});

import { describe, expect, it } from "@jest/globals";
import { DELIVERED } from "./delivery-report.ts";
import { smsFate } from "./sms-report.ts";

const told = (messageStatus: string, errorCode?: number) => smsFate({ messageStatus, errorCode });

describe("what Twilio tells of an SMS", () => {
	it("makes it delivered", () => {
		expect(told("delivered")).toBe(DELIVERED);
	});

	it.each(["accepted", "scheduled", "queued", "sending", "sent", "canceled", "receiving", ""])(
		"changes nothing while it is %s",
		(messageStatus) => expect(told(messageStatus)).toBeUndefined(),
	);

	it.each(["undelivered", "failed"])("fails one that is %s", (messageStatus) => {
		expect(told(messageStatus, 30007)).toMatchObject({
			status: "failed",
			reason: "TWILIO_30007",
			isSuppressing: false,
		});
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
});

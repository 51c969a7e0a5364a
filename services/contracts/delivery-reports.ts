import { z } from "zod";
import { defineAction } from "./action.ts";
import { rawBody } from "./bodies.ts";
import { defineError } from "./errors.ts";
import { NoResult } from "./text.ts";

export const CallbackNotSigned = defineError(
	"CALLBACK_NOT_SIGNED",
	400,
	"The X-Twilio-Signature header does not sign this form with the account's token for TWILIO_STATUS_CALLBACK_URL. Nothing of it was read.",
);
export const CallbacksOff = defineError(
	"CALLBACKS_OFF",
	404,
	"This shop takes no callbacks of Twilio. Its operator sets TWILIO_STATUS_CALLBACK_URL to the public address of this route, beside the account.",
);

export const TakeSmsReport = defineAction("notifications.smsReport", {
	summary: "Takes what Twilio tells of an SMS, signed over its form; what is told again, or late, has no effect.",
	params: z.strictObject({ ...rawBody }),
	result: NoResult,
	errors: [CallbackNotSigned, CallbacksOff],
});

export const ReportNotSigned = defineError(
	"REPORT_NOT_SIGNED",
	400,
	"The X-Hub-Signature-256 header is not sha256= and the HMAC-SHA256 of this body, in hex, by MAIL_REPORT_SECRET. Nothing of it was read.",
);
export const ReportsOff = defineError(
	"REPORTS_OFF",
	404,
	"This shop takes no reports of mail servers. Its operator sets MAIL_REPORT_SECRET.",
);
export const NotAReport = defineError(
	"NOT_A_REPORT",
	422,
	"The body is no mail with a delivery status notification (RFC 3464): multipart/report with message/delivery-status. Do not send it again.",
);

export const TakeMailReport = defineAction("notifications.mailReport", {
	summary: "Takes a delivery status notification as the mail server received it; what is told again has no effect.",
	params: z.strictObject({ ...rawBody }),
	result: NoResult,
	errors: [ReportNotSigned, ReportsOff, NotAReport],
});

export const DELIVERY_REPORT_ACTIONS = [TakeSmsReport, TakeMailReport];

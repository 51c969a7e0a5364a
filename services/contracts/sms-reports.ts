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

export const SMS_REPORT_ACTIONS = [TakeSmsReport];

import { z } from "zod";
import type { SmsRoute } from "../config.ts";
import type { SmsReport } from "../domain/sms-report.ts";

/** What a callback is signed with, and for. */
export interface CallbackSeal {
	readonly token: string;
	/** As Twilio knows it, whatever address the request came to. */
	readonly url: string;
}

/** A report and the message it is of. */
export interface Callback extends SmsReport {
	readonly messageSid: string;
}

/** Undefined when no callback was asked for. */
export function callbackSeal(route: SmsRoute | undefined): CallbackSeal | undefined {
	if (route === undefined || !("account" in route)) return undefined;
	const { token, statusCallbackUrl: url } = route.account;
	return url === undefined ? undefined : { token, url };
}

/** The fields of a form when the header signs them, undefined otherwise. */
export async function signedForm(raw: Buffer, signature: string, seal: CallbackSeal): Promise<object | undefined> {
	const form = Object.fromEntries(new URLSearchParams(raw.toString("utf8")));
	const { default: twilio } = await import("twilio");
	return twilio.validateRequest(seal.token, signature, seal.url, form) ? form : undefined;
}

const Form = z.object({
	MessageSid: z.string().min(1).max(64),
	MessageStatus: z.string().max(40),
	ErrorCode: z
		.string()
		.regex(/^[0-9]{5}$/)
		.optional()
		.catch(undefined),
});

/** What a signed form tells; undefined when it is not of a message that was sent. */
export function callbackOf(form: object): Callback | undefined {
	const { success, data } = Form.safeParse(form);
	if (!success) return undefined;
	const { MessageSid: messageSid, MessageStatus: messageStatus, ErrorCode: code } = data;
	return { messageSid, messageStatus, errorCode: code === undefined ? undefined : Number(code) };
}

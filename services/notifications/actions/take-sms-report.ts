import type { Ctx } from "../../../mixins/define-service.ts";
import { CallbackNotSigned, CallbacksOff } from "../../contracts/sms-reports.ts";
import type { TakeSmsReport } from "../../contracts/sms-reports.ts";
import { recipientHash } from "../delivery/recipient-hash.ts";
import { learn } from "../domain/sms-report.ts";
import type { Notifications } from "../notifications.context.ts";
import { callbackOf, callbackSeal, signedForm } from "../providers/twilio-callback.ts";
import type { Callback } from "../providers/twilio-callback.ts";
import { findSms, saveLearned } from "../storage/sms-reports.ts";

/** Verified before a field of it is read; what tells nothing of an SMS of this shop is answered too. */
export async function takeSmsReport(this: Notifications, { params, id }: Ctx<typeof TakeSmsReport>) {
	const seal = callbackSeal(this.config.sms);
	if (seal === undefined) throw new CallbacksOff();
	const signature = params.headers["x-twilio-signature"] ?? "";
	const form = await signedForm(Buffer.from(params.raw, "base64"), signature, seal);
	if (form === undefined) throw new CallbackNotSigned();

	const callback = callbackOf(form);
	if (callback !== undefined) await follow(this, callback, id);
	return null;
}

async function follow(service: Notifications, callback: Callback, causeId: string): Promise<void> {
	const sms = await findSms(service.db, callback.messageSid);
	const learned = sms && learn(sms, callback, service.now());
	if (sms === undefined || learned === undefined) return;

	const hashed = learned.isSuppressing ? recipientHash(sms.channel, callback.to) : null;
	const newId = () => service.newId();
	await saveLearned(service.db, sms, learned, { recipientHash: hashed, causeId, newId });
	if (learned.events.length > 0) service.wakeRelay();
}

import type { Ctx } from "../../../mixins/define-service.ts";
import { CallbackNotSigned, CallbacksOff } from "../../contracts/delivery-reports.ts";
import type { TakeSmsReport } from "../../contracts/delivery-reports.ts";
import { follow } from "../delivery/follow.ts";
import { smsFate } from "../domain/sms-report.ts";
import type { Notifications } from "../notifications.context.ts";
import { callbackOf, callbackSeal, signedForm } from "../providers/twilio-callback.ts";
import { findSms } from "../storage/delivery-reports.ts";

/** Verified before a field of it is read; what tells nothing of an SMS of this shop is answered too. */
export async function takeSmsReport(this: Notifications, { params, id: causeId }: Ctx<typeof TakeSmsReport>) {
	const seal = callbackSeal(this.config.sms);
	if (seal === undefined) throw new CallbacksOff();
	const signature = params.headers["x-twilio-signature"] ?? "";
	const form = await signedForm(Buffer.from(params.raw, "base64"), signature, seal);
	if (form === undefined) throw new CallbackNotSigned();

	const callback = callbackOf(form);
	if (callback === undefined) return null;
	await follow(this, { find: () => findSms(this.db, callback.messageSid), fate: smsFate(callback), causeId });
	return null;
}

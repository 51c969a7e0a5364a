import type { Ctx } from "../../../mixins/define-service.ts";
import { NotAReport, ReportNotSigned, ReportsOff } from "../../contracts/delivery-reports.ts";
import type { TakeMailReport } from "../../contracts/delivery-reports.ts";
import { follow } from "../delivery/follow.ts";
import { mailFate } from "../domain/mail-report.ts";
import type { Notifications } from "../notifications.context.ts";
import { isSigned, mailReportOf } from "../providers/mail-report.ts";
import { findMail } from "../storage/delivery-reports.ts";

/** Verified before a byte of it is read; a report of what is no mail of this shop is answered too. */
export async function takeMailReport(this: Notifications, { params, id: causeId }: Ctx<typeof TakeMailReport>) {
	const { mailReportSecret } = this.config;
	if (mailReportSecret === undefined) throw new ReportsOff();
	const raw = Buffer.from(params.raw, "base64");
	if (!isSigned(raw, params.headers["x-hub-signature-256"] ?? "", mailReportSecret)) throw new ReportNotSigned();

	const report = await mailReportOf(raw, mailReportSecret);
	if (report === undefined) throw new NotAReport();
	const { notificationId, recipients } = report;
	if (notificationId === undefined) return null;
	await follow(this, { find: () => findMail(this.db, notificationId), fate: mailFate(recipients), causeId });
	return null;
}

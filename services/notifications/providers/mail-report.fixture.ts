import { createHmac } from "node:crypto";

/** What a mail server tells of one recipient. */
export interface ToldOf {
	readonly action: string;
	readonly status?: string;
	readonly to?: string;
}

/** A report as Postfix writes it and hands it to a command: Unix lines, its own first one, the headers of the mail. */
export const bounceOf = (envelopeId: string | undefined, recipients: readonly ToldOf[]): string =>
	[
		...["From MAILER-DAEMON  Sun Mar  1 10:00:00 2026", "Return-Path: <>", "Delivered-To: shop@stoa.local"],
		...["Date: Sun,  1 Mar 2026 10:00:00 +0000 (UTC)", "From: MAILER-DAEMON@mx.example.com (Mail Delivery System)"],
		...["Subject: Delivery report", "To: shop@stoa.local", "Auto-Submitted: auto-replied", "MIME-Version: 1.0"],
		...["Content-Type: multipart/report; report-type=delivery-status;", '\tboundary="4D2.1/mx.example.com"', ""],
		...["This is a MIME-encapsulated message.", ""],
		...[
			"--4D2.1/mx.example.com",
			"Content-Description: Notification",
			"Content-Type: text/plain; charset=us-ascii",
			"",
		],
		...["This is the mail system at host mx.example.com.", "Action: delivered", ""],
		...["--4D2.1/mx.example.com", "Content-Description: Delivery report", "Content-Type: message/delivery-status", ""],
		...[
			"Reporting-MTA: dns; mx.example.com",
			...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
		],
		...["X-Postfix-Queue-ID: 4D2", "Arrival-Date: Sun,  1 Mar 2026 09:59:59 +0000 (UTC)", ""],
		...recipients.flatMap(fieldsOf),
		...["--4D2.1/mx.example.com", "Content-Description: Message", "Content-Type: text/rfc822-headers", ""],
		...["From: Stoa <shop@stoa.local>", "Subject: Welcome", "", "--4D2.1/mx.example.com--", ""],
	].join("\n");

const fieldsOf = ({ action, status, to = "ada@example.com" }: ToldOf): string[] => [
	...[`Final-Recipient: rfc822; ${to}`, `Original-Recipient: rfc822;${to}`, `Action: ${action}`],
	...(status === undefined ? [] : [`Status: ${status}`]),
	...["Remote-MTA: dns; mx.example.net", "Diagnostic-Code: smtp; 550 5.1.1 <", `    ${to}>: no such user`, ""],
];

export const signatureOf = (report: string, secret: string): string =>
	`sha256=${createHmac("sha256", secret).update(report).digest("hex")}`;

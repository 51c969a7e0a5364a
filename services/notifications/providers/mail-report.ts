import { createHmac, timingSafeEqual } from "node:crypto";
import PostalMime from "postal-mime";
import type { Email } from "postal-mime";
import { z } from "zod";
import type { RecipientReport } from "../domain/mail-report.ts";

/** A delivery status notification (RFC 3464), as much of it as counts here: no address. */
export interface MailReport {
	/** Undefined when the mail was not one of this shop, or a server on the way has lost its name. */
	readonly notificationId: string | undefined;
	readonly recipients: readonly RecipientReport[];
}

/** Whether the header is `sha256=` and the HMAC of these bytes in hex. */
export function isSigned(raw: Buffer, header: string, secret: string): boolean {
	const [, hex = ""] = /^sha256=([0-9a-f]{64})$/i.exec(header) ?? [];
	const given = Buffer.from(hex, "hex");
	const right = createHmac("sha256", secret).update(raw).digest();
	return given.length === right.length && timingSafeEqual(given, right);
}

/**
 * What a mail server is to name when it reports (ENVID, RFC 3461): the notification's id, which its user knows as well,
 * and a proof that only the shop can make and only servers on the way get to see.
 */
export const envelopeIdOf = (notificationId: string, secret: string): string =>
	`${notificationId}.${createHmac("sha256", secret).update(`envelope ${notificationId}`).digest("hex").slice(0, PROOF)}`;

/** What a mail reports; undefined when it is none that does. */
export async function mailReportOf(raw: Buffer, secret: string): Promise<MailReport | undefined> {
	// The mail it is of may be a report itself, so it is left unread.
	const parsed = PostalMime.parse(raw, { forceRfc822Attachments: true, attachmentEncoding: "utf8" });
	const mail = await parsed.catch(() => undefined);
	const status = mail && statusOf(mail);
	if (status === undefined) return undefined;
	const [message = "", ...recipients] = status.trim().split(BLANK_LINES);
	return { notificationId: notificationIdOf(message, secret), recipients: recipients.map(recipientOf) };
}

/** Lengths of an id and of its proof, in characters; an ENVID has at most 100. */
const ID = 36;
const PROOF = 32;
const REPORT = /^multipart\/report\b/i;
/** The second one where addresses may be other than ASCII (RFC 6533). */
const STATUS_PARTS = ["message/delivery-status", "message/global-delivery-status"];
const BLANK_LINES = /(?:\r?\n){2,}/;

function statusOf({ headers, attachments }: Email): string | undefined {
	const type = headers.find(({ key }) => key === "content-type")?.value ?? "";
	const status = attachments.find(({ mimeType }) => STATUS_PARTS.includes(mimeType));
	return REPORT.test(type) && typeof status?.content === "string" ? status.content : undefined;
}

/** What a group of fields says (RFC 3464, 2.1.1), without line breaks in it. */
function field(group: string, name: string): string {
	const [, value = ""] = new RegExp(`^${name}:(.*)$`, "im").exec(group.replaceAll(/\r?\n[ \t]+/g, " ")) ?? [];
	return value.trim();
}

function notificationIdOf(message: string, secret: string): string | undefined {
	const given = Buffer.from(field(message, "Original-Envelope-Id").toLowerCase());
	const id = z.uuid().safeParse(given.toString().slice(0, ID)).data;
	const right = Buffer.from(id === undefined ? "" : envelopeIdOf(id, secret));
	return given.length === right.length && timingSafeEqual(given, right) ? id : undefined;
}

/** Either may have a comment behind it. */
const recipientOf = (group: string): RecipientReport => ({
	action: /^[a-z]+/i.exec(field(group, "Action"))?.[0].toLowerCase() ?? "",
	status: /^[245]\.\d{1,3}\.\d{1,3}\b/.exec(field(group, "Status"))?.[0] ?? "",
});

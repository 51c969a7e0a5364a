import { blamesAnother } from "../domain/mail-report.ts";
import { ProviderFault } from "./provider.ts";

/** What nodemailer tells of a failure. */
interface SmtpError extends Error {
	readonly code?: string;
	readonly command?: string;
	readonly responseCode?: number;
	readonly response?: string;
}

/** Of the server or of the way to it, whatever is sent. */
const DOWN = new Set(["ECONNECTION", "ETIMEDOUT", "ESOCKET", "EDNS", "ETLS", "EAUTH", "EPROTOCOL", "EOAUTH2"]);

/**
 * What an error of nodemailer means. A 5xx answer to the recipient is a hard bounce, unless it blames a policy, of
 * which another server may have another, or the sender, whom some refuse only there. 421 closes the connection for everybody.
 */
export function smtpFault(error: unknown): ProviderFault {
	const { code = "", command = "", responseCode = 0, response = "", message } = error as SmtpError;
	const detail = message.slice(0, 500);
	if (responseCode === 421 || (DOWN.has(code) && code !== "EAUTH" && responseCode < 400)) return down(detail);
	// A refused login is the shop's own mistake and no fault of the mail, so it may be mended meanwhile.
	if (code === "EAUTH") return down(detail);
	if (responseCode < 500) return new ProviderFault("deferred", `SMTP_${responseCode || "FAULT"}`, detail);
	const isRecipient = command === "RCPT TO" && !blamesAnother(response);
	return new ProviderFault(isRecipient ? "bounced" : "refused", `SMTP_${responseCode}`, detail);
}

const down = (detail: string) => new ProviderFault("down", "SMTP_DOWN", detail);

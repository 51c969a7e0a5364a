import { DELIVERED } from "./delivery-report.ts";
import type { Fate } from "./delivery-report.ts";

/** What became of a mail at one recipient (RFC 3464, 2.3.3 and 2.3.4). */
export interface RecipientReport {
	/** In small letters. */
	readonly action: string;
	/** An enhanced status code (RFC 3463), e.g. `5.1.1`; empty when there is none. */
	readonly status: string;
}

/** Codes of RFC 3463 that blame a rule of the server or the sender, even where a server answers them to the recipient. */
const BLAMES_ANOTHER = /\b5\.(?:7\.\d+|1\.[78])\b/;
/** Codes about the address or its mailbox. The others are about one text (5.2.3), a list, the system, the way. */
const BLAMES_MAILBOX = /^5\.(?:1\.\d+|2\.[0-2])$/;

export const blamesAnother = (text: string): boolean => BLAMES_ANOTHER.test(text);

/**
 * Of a mail to one address; a report has several recipients when that one stands for others, and who has got it counts.
 * Undefined of a step on the way: delayed, or handed to servers that report nothing (relayed) or to many (expanded).
 */
export function mailFate(recipients: readonly RecipientReport[]): Fate | undefined {
	const fates = recipients.map(fateAt).filter((fate) => fate !== undefined);
	return fates.find(({ status }) => status === "delivered") ?? fates[0];
}

function fateAt({ action, status }: RecipientReport): Fate | undefined {
	if (action === "delivered") return DELIVERED;
	return action === "failed" ? lost(status) : undefined;
}

function lost(code: string): Fate {
	const detail = `A mail server took it, and told later that it failed with ${code || "no code"}.`;
	if (code.startsWith("5.")) {
		const isSuppressing = BLAMES_MAILBOX.test(code) && !blamesAnother(code);
		return { status: "bounced", reason: `DSN_${code}`, detail, isSuppressing };
	}
	const reason = code.startsWith("4.") ? "RETRIES_EXHAUSTED" : "DSN_FAILED";
	return { status: "failed", reason, detail, isSuppressing: false };
}

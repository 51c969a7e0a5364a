import type { Subscriber } from "../storage/briefing.ts";
import type { Written } from "../templates/template.ts";

/** A notification, written and addressed. */
export interface Letter extends Written {
	/** Of the notification: the same one sent again has the same name everywhere, so that a second can be dropped. */
	readonly id: string;
	readonly template: string;
	/** Mail address or international number; empty for push. */
	readonly to: string;
	/** For push. */
	readonly subscribers: readonly Subscriber[];
	readonly at: Date;
}

/** Whoever carries notifications of one channel. */
export interface Provider {
	/** As the log knows it. */
	readonly name: string;
	/**
	 * Hands a notification over.
	 *
	 * @returns by what the provider knows it, where it says
	 * @throws ProviderFault
	 */
	send(letter: Letter): Promise<string | null>;
	close(): void;
}

/**
 * Why a notification was not taken:
 * `bounced`: there is no such recipient, or he wants nothing any more; no other provider will know better.
 * `refused`: this provider will never take it.
 * `deferred`: it may later.
 * `down`: the provider itself is out of order, whatever is sent.
 */
export type FaultKind = "bounced" | "refused" | "deferred" | "down";

export class ProviderFault extends Error {
	readonly kind: FaultKind;
	/** May be published. */
	readonly reason: string;

	constructor(kind: FaultKind, reason: string, detail: string) {
		super(detail);
		this.name = "ProviderFault";
		this.kind = kind;
		this.reason = reason;
	}
}

import webPush from "web-push";
import { OutboundFailed } from "../../../mixins/outbound/outbound-failed.ts";
import { postOutside } from "../../../mixins/outbound/post.ts";
import type { OutboundRules } from "../../../mixins/outbound/rules.ts";
import type { VapidKeys } from "../config.ts";
import type { Subscriber } from "../storage/briefing.ts";
import { isBrowserKey } from "./browser-key.ts";
import { ProviderFault } from "./provider.ts";
import type { FaultKind, Letter, Provider } from "./provider.ts";

/** How long a browser's maker keeps a message for a browser that is not running. */
const KEPT_SECONDS = 86_400;
const TIMEOUT_MS = 10_000;
const ENDED = new Set([404, 410]);

export interface PushOptions {
	readonly keys: VapidKeys;
	/** Where requests may go: an endpoint is an address that a client gave. */
	readonly rules: OutboundRules;
	/** Removes a subscription that its browser has ended. Not waited for: the next message finds what was not removed. */
	readonly forget: (subscriber: Subscriber) => void;
}

/**
 * Sends to every browser of a user, encrypted for each (RFC 8291) and signed with the shop's key (RFC 8292). It is
 * enough that one has taken it: tried again, it would get it twice. So whatever goes wrong is the fault of one browser.
 */
export function pushProvider(options: PushOptions): Provider {
	return {
		name: "web-push",
		async send(letter) {
			const answers = await Promise.all(letter.subscribers.map((each) => answerOf(each, letter, options)));
			const faults = answers.flatMap((answer) => answer ?? []);
			const worst =
				faults.find(({ kind }) => kind === "deferred") ?? faults.find(({ kind }) => kind === "refused") ?? faults[0];
			if (worst !== undefined && faults.length === answers.length) throw worst;
			return null;
		},
		close: () => undefined,
	};
}

/** Why a browser did not get it; undefined when it did. Never rejects. */
async function answerOf(
	subscriber: Subscriber,
	letter: Letter,
	options: PushOptions,
): Promise<ProviderFault | undefined> {
	if (!isBrowserKey(subscriber.p256dh)) return noKey();
	try {
		const { status } = await postOutside(requestOf(subscriber, letter, options.keys), {
			rules: options.rules,
			timeoutMs: TIMEOUT_MS,
		});
		if (status < 300) return undefined;
		if (ENDED.has(status)) options.forget(subscriber);
		return new ProviderFault(kindOf(status), `PUSH_${status}`, `The push service answered ${status}`);
	} catch (error) {
		return faultOf(error);
	}
}

const noKey = () => new ProviderFault("refused", "PUSH_INVALID", "The key of a browser is no point of P-256");

/** Never `down`: whoever answers here was chosen by one user, and says nothing about the browsers of others. */
function faultOf(error: unknown): ProviderFault {
	if (!(error instanceof OutboundFailed)) return new ProviderFault("deferred", "PUSH_FAULT", String(error));
	const kind = error.code === "ADDRESS_REFUSED" ? "refused" : "deferred";
	return new ProviderFault(kind, `PUSH_${error.code}`, `The push service gave no answer: ${error.code}`);
}

function kindOf(status: number): FaultKind {
	if (ENDED.has(status)) return "bounced";
	return status === 429 || status >= 500 ? "deferred" : "refused";
}

function requestOf(
	{ endpoint, p256dh, auth }: Subscriber,
	letter: Letter,
	{ publicKey, privateKey, subject }: VapidKeys,
) {
	const { id, template, subject: title, short } = letter;
	const payload = JSON.stringify({ id, template, title: title.slice(0, 200), body: short.slice(0, 1_000) });
	const { headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
		vapidDetails: { subject, publicKey, privateKey },
		TTL: KEPT_SECONDS,
		// The same notification sent again takes the place of the one that still waits.
		topic: id.replaceAll("-", ""),
	});
	const { "Content-Length": _ofTheSender, ...rest } = headers;
	return { url: endpoint, headers: rest, body };
}

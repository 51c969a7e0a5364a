import { z } from "zod";
import { ServiceBusy } from "../../../services/contracts/errors.ts";
import { MalformedMessage } from "../fact.ts";
import type { TopologyOptions } from "./topology.ts";
import { names } from "./topology.ts";
import type { Letter, Raw } from "./wire.ts";

/** What a message has been through at one consumer; it travels in the headers. */
export interface History {
	/** Failed tries. */
	readonly attempts: number;
	/** Deliveries that ended with the process or its connection. */
	readonly redeliveries: number;
	readonly firstFailedAt: Date | undefined;
	/** The consumer that failed, and how. */
	readonly consumer: string | undefined;
	readonly error: string | undefined;
}

/** One delivery that failed. */
export interface Failure {
	readonly service: string;
	readonly consumer: string;
	/** Where it comes back to. */
	readonly queue: string;
	readonly raw: Raw;
	readonly error: unknown;
	readonly at: Date;
}

/** How long a database may be out of reach before that counts against the messages. */
const PATIENCE_MS = 24 * 3_600_000;
const ERROR_LIMIT = 1_000;

const Headers = z.object({
	"stoa-attempts": z.int().nonnegative().catch(0),
	"stoa-redeliveries": z.int().nonnegative().catch(0),
	"stoa-first-failed-at": z.coerce.date().optional().catch(undefined),
	"stoa-consumer": z.string().optional().catch(undefined),
	"stoa-error": z.string().optional().catch(undefined),
});

export function historyOf({ properties }: Raw): History {
	const headers = Headers.parse(properties.headers ?? {});
	return {
		attempts: headers["stoa-attempts"],
		redeliveries: headers["stoa-redeliveries"],
		firstFailedAt: headers["stoa-first-failed-at"],
		consumer: headers["stoa-consumer"],
		error: headers["stoa-error"],
	};
}

/** Where a message goes after a failure: to the queue of the next wait, or to the dead letters after the last. */
export function afterFailure(options: TopologyOptions, failure: Failure): Letter {
	if (isMalformed(failure)) return toDeadLetters(options, failure);
	const history = historyOf(failure.raw);
	const attempts = history.attempts + 1;
	const firstFailedAt = history.firstFailedAt ?? failure.at;
	const counted = isForgiven(failure, firstFailedAt) ? Math.min(attempts, options.retryAfterMs.length - 1) : attempts;
	const retryAfterMs = options.retryAfterMs[counted - 1];
	if (retryAfterMs === undefined) return toDeadLetters(options, failure);

	const { retry } = names(options.namespace);
	const past = { ...pastOf(failure), "stoa-attempts": counted };
	return again(failure.raw, retry(retryAfterMs), failure.queue, past);
}

/** A body that its schema refuses is refused each time. */
const isMalformed = ({ error }: Failure): boolean => error instanceof MalformedMessage;

/** A database out of reach is not the fault of the message: the last wait is not entered for it. */
function isForgiven({ error, at }: Failure, firstFailedAt: Date): boolean {
	const { type } = Object(error) as { readonly type?: unknown };
	return type === ServiceBusy.type && at.getTime() - firstFailedAt.getTime() < PATIENCE_MS;
}

/** Straight to the dead letters of the service. */
export function toDeadLetters({ namespace }: TopologyOptions, failure: Failure): Letter {
	return again(failure.raw, "", names(namespace).dead(failure.service), pastOf(failure));
}

/** To the end of its own queue: what was in the air when a process died is counted before it is tried again. */
export function afterRedelivery(queue: string, raw: Raw): Letter {
	const count = historyOf(raw).redeliveries + 1;
	return again(raw, "", queue, { "stoa-redeliveries": count });
}

function pastOf({ consumer, raw, error, at }: Failure): Record<string, unknown> {
	const history = historyOf(raw);
	return {
		"stoa-consumer": consumer,
		"stoa-attempts": history.attempts + 1,
		"stoa-error": String(error).slice(0, ERROR_LIMIT),
		"stoa-first-failed-at": (history.firstFailedAt ?? at).toISOString(),
	};
}

/** The same message, with more in its headers; what the broker noted of its way (`x-…`) is left behind. */
function again({ content, properties }: Raw, exchange: string, routingKey: string, past: object): Letter {
	const own = Object.entries(properties.headers ?? {}).filter(([name]) => name.startsWith("stoa-"));
	const { messageId, contentType } = properties as { messageId?: string; contentType?: string };
	const headers = { ...Object.fromEntries(own), ...past };
	return {
		exchange,
		routingKey,
		content,
		properties: {
			persistent: true,
			mandatory: true,
			...(messageId !== undefined && { messageId }),
			...(contentType !== undefined && { contentType }),
			headers,
		},
	};
}

import type { Refusal } from "../../contracts/problem.ts";
import { CallerNotAllowed, CallerUnknown } from "../../contracts/callers.ts";
import { Internal, MalformedRequest, ServiceUnavailable } from "../../contracts/platform.ts";

/** The broker's own errors that mean: nobody answered. Their class does not cross the wire, their name does. */
const UNANSWERED = new Set([
	"BrokerDisconnectedError",
	"QueueIsFullError",
	"RequestRejectedError",
	"RequestSkippedError",
	"RequestTimeoutError",
	"ServiceNotAvailableError",
	"ServiceNotFoundError",
	"ServiceUnavailableError",
]);
/** What a service refused to this node, not to the client: its own 401 would tell a client that it is signed out. */
const BETWEEN_NODES: ReadonlySet<string> = new Set([CallerUnknown.type, CallerNotAllowed.type]);
const RETRY_AFTER_SECONDS = 1;

interface Thrown {
	readonly name: string;
	readonly type: string;
	readonly code: number;
	readonly message: string;
	readonly data?: Exclude<Refusal["data"], undefined>;
}

/** What may be told about an error: refusals as they are, of everything else only that it happened. */
export function refusalOf(error: unknown): Refusal {
	const thrown = error as Partial<Thrown> | null | undefined;
	if (isRefusal(thrown)) return thrown;
	if (isUnanswered(error)) return new ServiceUnavailable({ retryAfterSeconds: RETRY_AFTER_SECONDS });
	return new Internal();
}

/** Whether an error may have come from nobody being there to ask, rather than from a decision. */
export function isUnanswered(error: unknown): boolean {
	const { name = "", type } = (error ?? {}) as Partial<Thrown>;
	return UNANSWERED.has(name) || type === ServiceUnavailable.type;
}

function isRefusal(thrown: Partial<Thrown> | null | undefined): thrown is Thrown {
	if (thrown?.name !== "DomainError" || typeof thrown.type !== "string" || BETWEEN_NODES.has(thrown.type)) return false;
	const code = thrown.code ?? 0;
	return (code >= 400 && code < 500) || code === 503;
}

/** The header fields that a refusal calls for, as name, value, name, value. */
export function refusalHeaders({ code, data, type }: Refusal): readonly string[] {
	const retryAfter = data?.retryAfterSeconds ?? (code === 503 ? RETRY_AFTER_SECONDS : undefined);
	return [
		...(code === 401 ? ["WWW-Authenticate", "Bearer"] : []),
		...(code === 408 || type === MalformedRequest.type ? ["Connection", "close"] : []),
		...(code === 405 ? ["Allow", (data?.allowed as readonly string[]).join(", ")] : []),
		...(typeof retryAfter === "number" ? ["Retry-After", String(Math.ceil(retryAfter))] : []),
	];
}

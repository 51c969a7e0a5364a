/** Why a request got no answer: codes for logs and clients, which tell nothing of our own network. */
export const OUTBOUND_FAILURES = [
	/** The URL or an address of its name is one that requests of outsiders may not reach. */
	"ADDRESS_REFUSED",
	"NAME_NOT_FOUND",
	"CONNECTION_FAILED",
	/** The certificate is not valid for this name, or the two sides share no protocol. */
	"TLS_FAILED",
	"TIMED_OUT",
	/** It does not speak HTTP, or stops speaking it. */
	"ANSWER_INVALID",
] as const;
export type OutboundFailure = (typeof OUTBOUND_FAILURES)[number];

/** A request to an address that an outsider gave has no answer. */
export class OutboundFailed extends Error {
	readonly code: OutboundFailure;

	constructor(code: OutboundFailure, cause?: unknown) {
		super(`The request failed: ${code}`, { cause });
		this.name = "OutboundFailed";
		this.code = code;
	}
}

/** What an error of Node's HTTP client means. */
export function failureOf(error: unknown): OutboundFailed {
	if (error instanceof OutboundFailed) return error;
	const { code = "" } = error as Error & { readonly code?: string };
	if (code.startsWith("HPE_")) return failed("ANSWER_INVALID", error);
	if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|EPROTO/.test(code)) return failed("TLS_FAILED", error);
	return failed("CONNECTION_FAILED", error);
}

const failed = (code: OutboundFailure, cause: unknown): OutboundFailed => new OutboundFailed(code, cause);

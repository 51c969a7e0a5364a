import type { ErrorData } from "./errors.ts";

/** An error as RFC 9457 (application/problem+json) shows it; refusals add their own members. */
export interface Problem {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly detail: string;
	readonly code: string;
	readonly requestId: string;
	readonly [extension: string]: unknown;
}

/** The fields of an error that cross a wire; the class does not. */
export interface Refusal {
	readonly type: string;
	readonly code: number;
	readonly message: string;
	readonly data?: ErrorData | null;
}

/** The document a refusal is answered with. Stored answers use it too, so a replay is the same to the byte. */
export function problemOf({ type, code, message, data }: Refusal, requestId: string): Problem {
	return {
		...data,
		type: `urn:stoa:problem:${type.toLowerCase().replaceAll("_", "-")}`,
		title: titleOf(type),
		status: code,
		detail: message,
		code: type,
		requestId,
	};
}

function titleOf(type: string): string {
	const words = type.toLowerCase().replaceAll("_", " ");
	return words.charAt(0).toUpperCase() + words.slice(1);
}

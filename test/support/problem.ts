import type { Answer } from "../../bin/tour/shop-client.ts";

const MEMBERS: Readonly<Record<string, RegExp>> = {
	type: /^urn:stoa:problem:[a-z][a-z-]*$/,
	title: /./,
	detail: /./,
	code: /^[A-Z][A-Z_]*$/,
	requestId: /./,
};

/** The header field that an answer must not go without, by its status. */
const REQUIRED_HEADERS: Readonly<Record<number, string>> = {
	401: "www-authenticate",
	405: "allow",
	429: "retry-after",
	503: "retry-after",
};

/** What is wrong with the form of a refusal (RFC 9457, and what this shop adds to it); empty when nothing is. */
export function problemFaults({ status, headers, body }: Answer): string[] {
	const type = headers.get("content-type");
	if (type !== "application/problem+json; charset=utf-8") return [`is ${type ?? "nothing"}, not a problem document`];

	const required = REQUIRED_HEADERS[status];
	return [
		...Object.keys(MEMBERS).flatMap((member) => faultOf(member, body[member])),
		...(body.status === status ? [] : [`says status ${String(body.status)}`]),
		...(body.requestId === headers.get("x-request-id") ? [] : ["names another request than X-Request-ID"]),
		...(required === undefined || headers.has(required) ? [] : [`has no ${required} header`]),
		...(body.code === "VALIDATION_FAILED" ? errorsFaults(body.errors) : []),
	];
}

function faultOf(member: string, value: unknown): string[] {
	const isRight = typeof value === "string" && MEMBERS[member]?.test(value);
	return isRight ? [] : [`has ${value === undefined ? "nothing" : JSON.stringify(value)} as its ${member}`];
}

function errorsFaults(errors: unknown): string[] {
	if (!Array.isArray(errors) || errors.length === 0) return ["names no field in errors[]"];
	const isRight = ({ path, message }: Record<string, unknown>) =>
		typeof path === "string" && typeof message === "string" && message !== "";
	return errors.every(isRight) ? [] : ["has an entry in errors[] without path or message"];
}

import type { ActionContract } from "../../contracts/action.ts";
import type { PublishedAction } from "../gateway.context.ts";
import { isSingle } from "../http/versions.ts";

const text = (description: string) => ({ description, schema: { type: "string" } });
const count = (description: string) => ({ description, schema: { type: "integer", minimum: 0 } });

/** Header fields of answers, by the name they are referred to with. */
export const HEADERS = {
	"X-Request-ID": text("The id of this request, to be quoted in reports; the client's own when it sent one."),
	Location: text("Where the result is found from now on."),
	ETag: text("The version of the resource and a hash of this body: for If-Match and If-None-Match."),
	"Idempotency-Replayed": text("`true` when this is the first answer again, and nothing happened."),
	"Retry-After": count("Seconds after which the same request may be sent again."),
	"WWW-Authenticate": text("What would prove who is asking."),
	"Content-Disposition": text("The file's name."),
	"RateLimit-Limit": count("Requests a minute. Absent while limits are switched off, as are the other two."),
	"RateLimit-Remaining": count("Requests that are left until the reset."),
	"RateLimit-Reset": count("Seconds until the next window."),
};

type Name = keyof typeof HEADERS;

const ALWAYS: readonly Name[] = ["X-Request-ID"];
const LIMITED: readonly Name[] = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

const references = (names: readonly Name[]) =>
	Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const isProbe = ({ rest = [] }: PublishedAction): boolean => [rest].flat().some((line) => line.includes(" /health"));
const limitsOf = (action: PublishedAction) => (isProbe(action) ? [] : LIMITED);

/** What stands in the head of a success. */
export function successHeaders(contract: ActionContract, action: PublishedAction, method: string) {
	return references([
		...ALWAYS,
		...(action.location === undefined ? [] : (["Location"] as const)),
		...(isSingle(contract) && method !== "DELETE" ? (["ETag"] as const) : []),
		...(action.idempotent === true ? (["Idempotency-Replayed"] as const) : []),
		...(action.download === undefined ? [] : (["Content-Disposition"] as const)),
		...limitsOf(action),
	]);
}

/** What stands in the head of a refusal; a replayed one says so. */
export function refusalHeadersOf(status: number, action: PublishedAction, isRetried: boolean) {
	return references([
		...ALWAYS,
		...(isRetried ? (["Retry-After"] as const) : []),
		...(status === 401 ? (["WWW-Authenticate"] as const) : []),
		...(action.idempotent === true && (status === 402 || status === 409) ? (["Idempotency-Replayed"] as const) : []),
	]);
}

/** Header fields that an operation reads. */
export const PARAMETERS = {
	IdempotencyKey: {
		name: "Idempotency-Key",
		in: "header",
		description: "Sent again with the same request, it gets the first answer again and nothing happens twice.",
		schema: { type: "string", minLength: 1, maxLength: 255 },
	},
	IfMatch: {
		name: "If-Match",
		in: "header",
		description: "The ETag that was read; when the resource has changed since, the answer is 412.",
		schema: { type: "string" },
	},
	IfNoneMatch: {
		name: "If-None-Match",
		in: "header",
		description: "The ETag that was read; when it is still the same, the answer is 304 without a body.",
		schema: { type: "string" },
	},
};

const parameter = (name: keyof typeof PARAMETERS) => ({ $ref: `#/components/parameters/${name}` });

/** The ones of this operation. */
export function headerParameters(contract: ActionContract, action: PublishedAction, method: string) {
	return [
		...(action.idempotent === true ? [parameter("IdempotencyKey")] : []),
		...(method === "PUT" || method === "DELETE" ? [parameter("IfMatch")] : []),
		...(method === "GET" && isSingle(contract) ? [parameter("IfNoneMatch")] : []),
		...(action.body?.headers ?? []).map((name) => ({ name, in: "header", schema: { type: "string" } })),
	];
}

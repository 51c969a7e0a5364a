import type { ActionContract } from "../../contracts/action.ts";
import type { ErrorKind } from "../../contracts/errors.ts";
import {
	BodyTooLarge,
	Forbidden,
	IdempotencyKeyInUse,
	IdempotencyKeyReused,
	MalformedJson,
	NotFound,
	PreconditionFailed,
	RateLimited,
	ServiceBusy,
	TwoCredentials,
	Unauthenticated,
	UnsupportedMediaType,
	ValidationFailed,
} from "../../contracts/errors.ts";
import { Internal, MalformedRequest, RequestTimedOut, ServiceUnavailable } from "../../contracts/platform.ts";
import type { PublishedAction } from "../gateway.context.ts";
import { isSingle } from "../http/versions.ts";
import { refusalHeadersOf, successHeaders } from "./headers.ts";
import { outputSchema } from "./schemas.ts";

type Kinds = readonly ErrorKind<never>[];

const ANYWHERE: Kinds = [
	MalformedRequest,
	TwoCredentials,
	ValidationFailed,
	RateLimited,
	Internal,
	ServiceUnavailable,
	ServiceBusy,
];
const WITH_BODY: Kinds = [MalformedJson, BodyTooLarge, UnsupportedMediaType, RequestTimedOut];
const WITH_VERSION: Kinds = [PreconditionFailed];
const WITH_KEY: Kinds = [IdempotencyKeyInUse, IdempotencyKeyReused];
/** Refusals that say when to come again. */
const RETRIED: Kinds = [RateLimited, ServiceUnavailable, ServiceBusy, IdempotencyKeyInUse];

/** Success and every refusal of one operation, by status. */
export function responsesOf(contract: ActionContract, action: PublishedAction, method: string): object {
	const refusals = new Map<number, Set<ErrorKind<never>>>();
	for (const kind of refusalsOf(contract, action, method)) {
		refusals.set(kind.status, (refusals.get(kind.status) ?? new Set()).add(kind));
	}
	const problems = [...refusals].map(([status, kinds]) => [status, problem(status, action, [...kinds])] as const);
	return { ...successesOf(contract, action, method), ...Object.fromEntries<object>(problems) };
}

function refusalsOf(contract: ActionContract, { policy, idempotent }: PublishedAction, method: string): Kinds {
	return [
		...ANYWHERE,
		...contract.errors,
		...(method === "GET" ? [] : WITH_BODY),
		...(method === "PUT" || method === "DELETE" ? WITH_VERSION : []),
		...(idempotent === true ? WITH_KEY : []),
		...(policy === "open" && method !== "GET" ? [] : [Unauthenticated]),
		...(typeof policy === "object" && ("roles" in policy || policy.scope !== undefined) ? [Forbidden] : []),
		...(typeof policy === "object" && "own" in policy ? [NotFound] : []),
	];
}

function problem(status: number, action: PublishedAction, kinds: Kinds) {
	const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
	const description = [...new Set(kinds.map(({ type }) => type))].join(", ");
	const isRetried = kinds.some((kind) => RETRIED.includes(kind));
	return { description, headers: refusalHeadersOf(status, action, isRetried), content };
}

function successesOf(contract: ActionContract, action: PublishedAction, method: string): Record<number, object> {
	const { result, name } = contract;
	const { status = 200, download, mayBeLate } = action;
	const headers = successHeaders(contract, action, method);
	const schema = outputSchema(result);
	if (download !== undefined) {
		return { 200: { description: "The file.", headers, content: { [download.type.replace(/;.*/, "")]: {} } } };
	}
	if (schema.type === "null") return { 204: { description: `${name} succeeded.`, headers } };

	const content = { "application/json": { schema } };
	const { ETag: _notYet, ...early } = headers;
	return {
		[status]: { description: `${name} succeeded.`, headers, content },
		...(mayBeLate === true && {
			202: { description: "It goes on, and its outcome is found at Location.", headers: early, content },
		}),
		...(method === "GET" && isSingle(contract) && { 304: { description: "It is still the same.", headers } }),
	};
}

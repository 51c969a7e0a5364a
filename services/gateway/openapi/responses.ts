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
	Unauthenticated,
	UnsupportedMediaType,
	ValidationFailed,
} from "../../contracts/errors.ts";
import { Internal, MalformedRequest, ServiceUnavailable } from "../../contracts/platform.ts";
import type { PublishedAction } from "../gateway.context.ts";
import { outputSchema } from "./schemas.ts";

type Kinds = readonly ErrorKind<never>[];

const ANYWHERE: Kinds = [MalformedRequest, ValidationFailed, RateLimited, Internal, ServiceUnavailable, ServiceBusy];
const WITH_BODY: Kinds = [MalformedJson, BodyTooLarge, UnsupportedMediaType];
const WITH_VERSION: Kinds = [PreconditionFailed];
const WITH_KEY: Kinds = [IdempotencyKeyInUse, IdempotencyKeyReused];

/** Success and every refusal of one operation, by status. */
export function responsesOf(contract: ActionContract, action: PublishedAction, method: string): object {
	const refusals = new Map<number, Set<string>>();
	for (const { status, type } of refusalsOf(contract, action, method)) {
		refusals.set(status, (refusals.get(status) ?? new Set()).add(type));
	}
	const problems = [...refusals].map(([status, codes]) => [status, problem([...codes])] as const);
	return { ...successOf(contract, action), ...Object.fromEntries<object>(problems) };
}

function refusalsOf(contract: ActionContract, { policy, idempotent }: PublishedAction, method: string): Kinds {
	return [
		...ANYWHERE,
		...contract.errors,
		...(method === "GET" ? [] : WITH_BODY),
		...(method === "PUT" || method === "DELETE" ? WITH_VERSION : []),
		...(idempotent === true ? WITH_KEY : []),
		...(policy === "open" && method !== "GET" ? [] : [Unauthenticated]),
		...(typeof policy === "object" && "roles" in policy ? [Forbidden] : []),
		...(typeof policy === "object" && "own" in policy ? [NotFound] : []),
	];
}

function problem(codes: readonly string[]) {
	const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
	return { description: codes.join(", "), content };
}

function successOf({ result, name }: ActionContract, { status = 200, location }: PublishedAction) {
	const schema = outputSchema(result);
	const hasBody = schema.type !== "null";
	const headers = {
		"X-Request-ID": header("The id of this request, to be quoted in reports."),
		...(location !== undefined && { Location: header("Where the result is found from now on.") }),
	};
	const content = hasBody && { content: { "application/json": { schema } } };
	const success = { description: `${name} succeeded.`, headers, ...content };
	return { [hasBody ? status : 204]: success };
}

const header = (description: string) => ({ description, schema: { type: "string" } });

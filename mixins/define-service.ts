import type { ActionSchema, Context, Service, ServiceSchema } from "moleculer";
import { v7 as uuidv7 } from "uuid";
import type { ActionContract, ParamsOf, ResultOf } from "../services/contracts/action.ts";
import type { Meta } from "../services/contracts/meta.ts";
import type { Policy } from "../services/contracts/policy.ts";

/** `ctx` inside a handler of the contract `C`. */
export type Ctx<C extends ActionContract> = Context<ParamsOf<C>, Meta>;

/** Clock and ids of a service: handlers pass them to the domain, tests replace them. */
export interface Ambient {
	now(): Date;
	/** UUIDv7 (RFC 9562): unique, and sorted by the moment it was made. */
	newId(): string;
}

export type StoaService = Service & Ambient;

/** How a body that is not JSON reaches its action. */
export interface BodyForm {
	/** Whole, as the parameters `rawBody` of contracts/bodies.ts, or bit by bit, as the parameter `upload`. */
	readonly as: "raw" | "stream";
	/** Media types, without parameters; any unless told. */
	readonly accepts?: readonly string[];
	/** 1 MiB of a raw body and 100 MiB of a stream unless told. */
	readonly maxBytes?: number;
	/** Header fields that go along with a raw body, in lower case. */
	readonly headers?: readonly string[];
}

/** A file in the place of JSON: the action answers with a `FilePart`, and is asked again until it was the last. */
export interface Download {
	/** Content-Type. */
	readonly type: string;
	readonly fileName: string;
}

/** How an action is reached; everything in it crosses the registry, so the gateway can read it. */
export interface Publication {
	/** `POST /orders`, or several of them for one action. */
	readonly rest?: string | readonly string[];
	/** Who may use it over REST. Without a policy it is not published. */
	readonly policy?: Policy;
	/** Status of success; 200 unless told, 204 when there is no body. */
	readonly status?: number;
	/** Path of what was created, with `:id` from the result. */
	readonly location?: string;
	/** Answers 202 in place of `status`, with the same body and location, when it is not done in time. */
	readonly mayBeLate?: boolean;
	/** Accepts Idempotency-Key: it creates money, stock or orders. */
	readonly idempotent?: boolean;
	/** Of a POST or PUT; unless told, the fields of a JSON object are parameters. Options then stand in the query. */
	readonly body?: BodyForm;
	/** Of a GET. */
	readonly download?: Download;
	/** Milliseconds that its callers wait for it, where the broker's own timeout is too short. */
	readonly timeout?: number;
}

/** When a call may be sent again without knowing what became of it: never unless told. */
export type Repeatable =
	/** It changes nothing. */
	| "always"
	/** It takes effect once for its operation's key, when it has one. */
	| "keyed";

type Handler<T, C extends ActionContract> = (this: T, ctx: Ctx<C>) => Promise<ResultOf<C>>;

/** One line of a service's table of contents: a contract, how it is reached, and who does it. */
export function action<T, C extends ActionContract>(
	contract: C,
	{ rest, ...publication }: Publication,
	handler: Handler<T, C>,
): ActionSchema {
	const isPublished = rest !== undefined && publication.policy !== undefined;
	const routes = [rest ?? []].flat();
	const isQuery = routes.length > 0 && routes.every((route) => route.startsWith("GET "));
	return {
		...publication,
		...(isPublished && { rest: routes }),
		...(publication.idempotent && { repeatable: "keyed" satisfies Repeatable }),
		...(isQuery && { repeatable: "always" satisfies Repeatable }),
		visibility: isPublished ? "published" : "public",
		contract: () => contract,
		handler,
	} as unknown as ActionSchema;
}

/** A command of other services, out of reach from outside. */
export const internal = <T, C extends ActionContract>(contract: C, handler: Handler<T, C>): ActionSchema =>
	action(contract, {}, handler);

/** A question of other services, out of reach from outside. */
export const query = <T, C extends ActionContract>(contract: C, handler: Handler<T, C>): ActionSchema =>
	Object.assign(internal(contract, handler), { repeatable: "always" satisfies Repeatable });

interface Mixin<T> {
	settings?: Record<string, unknown>;
	metadata?: Record<string, unknown>;
	methods?: Record<string, (this: T, ...parameters: never[]) => unknown>;
	actions?: Record<string, ActionSchema>;
	created?(this: T): void;
	started?(this: T): void | Promise<void>;
	stopped?(this: T): void | Promise<void>;
}

/** Types what a mixin adds to a service; `T` is `this` inside it. */
export const defineMixin = <T>(mixin: Mixin<T>): Partial<ServiceSchema> => mixin as Partial<ServiceSchema>;

/**
 * Types a service schema; paths are written in full, so `rest` has no prefix. Mixins start in the order they
 * are listed and stop in reverse: Moleculer itself would begin with the last.
 */
export function defineService(schema: ServiceSchema): ServiceSchema {
	const settings: Record<string, unknown> = { rest: "/", ...schema.settings };
	const ambient = { now: () => new Date(), newId: () => uuidv7() };
	const mixins = [schema.mixins ?? []].flat().reverse();
	return { ...schema, mixins, settings, methods: { ...ambient, ...schema.methods } };
}

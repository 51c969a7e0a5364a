import type { z } from "zod";
import type { ErrorKind } from "./errors.ts";
import type { Meta } from "./meta.ts";

/** What a service promises of one action: its parameters, its result and its refusals. */
export interface ActionContract<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
	/** Full action name, `service.action`, as the REPL and `ctx.call` know it. */
	readonly name: string;
	/** One sentence of meaning, shown in the API documentation. */
	readonly summary: string;
	readonly params: P;
	readonly result: R;
	readonly errors: readonly ErrorKind<never>[];
	/** The services that may call it from another node; only the gateway unless told. */
	readonly callers: readonly string[];
}

export type ParamsOf<C extends ActionContract> = z.output<C["params"]>;
export type SentTo<C extends ActionContract> = z.input<C["params"]>;
export type ResultOf<C extends ActionContract> = z.output<C["result"]>;

interface Declaration<P extends z.ZodType, R extends z.ZodType> {
	summary: string;
	params: P;
	result: R;
	errors?: readonly ErrorKind<never>[];
	callers?: readonly string[];
}

/** What is published is asked for through the gateway, which alone knows who asks. */
const GATEWAY_ONLY = ["gateway"];

/** Declares one action of a contract page. */
export function defineAction<P extends z.ZodType, R extends z.ZodType>(
	name: string,
	{ errors = [], callers = GATEWAY_ONLY, ...promise }: Declaration<P, R>,
): ActionContract<P, R> {
	return { name, errors, callers, ...promise };
}

/** Whatever can call an action: a Moleculer context or broker. */
interface Caller {
	call(name: string, params: unknown, options?: object): Promise<unknown>;
}

/** What a call may carry besides its parameters; `timeout` is in milliseconds (Moleculer's own name). */
export interface CallOptions {
	readonly meta?: Meta;
	readonly timeout?: number;
	readonly requestID?: string;
	/** The one node that can answer. */
	readonly nodeID?: string;
}

/** Calls an action by its contract, so that a wrong name or parameter does not compile. */
export function call<C extends ActionContract>(
	caller: Caller,
	contract: C,
	params: SentTo<C>,
	options?: CallOptions,
): Promise<ResultOf<C>> {
	return caller.call(contract.name, params, options) as Promise<ResultOf<C>>;
}

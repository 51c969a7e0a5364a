import { setTimeout as wait } from "node:timers/promises";
import type { ActionHandler, ActionSchema, Context, Middleware, Service, ServiceBroker } from "moleculer";
import type { Meta } from "../../services/contracts/meta.ts";
import type { Repeatable } from "../define-service.ts";

const TRIES = 3;
const FIRST_PAUSE_MS = 100;

/** Whoever says this did not begin. */
const UNBEGUN = new Set(["ServiceNotFoundError", "ServiceNotAvailableError", "QueueIsFullError"]);
/** Redis is out of reach: nobody can be asked. */
const CUT_OFF = "BrokerDisconnectedError";

interface Fault {
	readonly name: string;
	readonly retryable?: boolean;
	readonly data?: { readonly action?: string };
}

/** `_retryAttempts` is Moleculer's own count of tries, which metrics read. */
type Try = Context<unknown, Meta> & { _retryAttempts?: number | null };

type RemoteAction = Omit<ActionSchema, "timeout"> & {
	readonly name: string;
	readonly timeout?: number;
	readonly repeatable?: Repeatable;
};

/**
 * Asks another node when one could not answer: always when it surely did not begin, else only for what its service
 * declares repeatable. The caller's timeout is for all tries together, so nobody waits longer because of them.
 */
export function retries(): Middleware {
	/** When each call's time is over, in milliseconds of the steady clock. */
	const ends = new WeakMap<Context, number>();

	return {
		name: "Retries",
		remoteAction(this: ServiceBroker, next: ActionHandler, schema: ActionSchema) {
			const action = schema as unknown as RemoteAction;
			const patienceMs = action.timeout ?? this.options.requestTimeout ?? 0;

			return async function (this: Service, ctx: Try) {
				const endMs = ends.get(ctx) ?? performance.now() + ((ctx.options.timeout ?? patienceMs) || Infinity);
				allot(ctx, action, endMs);
				try {
					return (await next.call(this, ctx)) as unknown;
				} catch (error) {
					if (!mayRepeat(error as Fault, action, ctx) || performance.now() >= endMs) throw error;
					return await again(ctx, action.name, (copy) => ends.set(copy, endMs));
				}
			};
		},
	};
}

/** A question to a node that fell silent leaves half of the time for another node. */
function allot(ctx: Try, { repeatable }: RemoteAction, endMs: number): void {
	const leftMs = endMs - performance.now();
	if (leftMs === Infinity) return;
	const isLast = repeatable !== "always" || triesOf(ctx) === TRIES - 1;
	ctx.options = { ...ctx.options, timeout: Math.max(1, isLast ? leftMs : leftMs / 2) };
}

const triesOf = ({ _retryAttempts }: Try): number => _retryAttempts ?? 0;

function mayRepeat({ name, retryable, data }: Fault, { name: action, repeatable }: RemoteAction, ctx: Try): boolean {
	if (retryable !== true || name === CUT_OFF || triesOf(ctx) >= TRIES - 1) return false;
	// What the action itself called may not have begun either, but then the action has.
	if (UNBEGUN.has(name) && data?.action === action) return true;
	return repeatable === "always" || (repeatable === "keyed" && ctx.meta.operation?.key !== undefined);
}

async function again(ctx: Try, action: string, onCopy: (copy: Context) => void): Promise<unknown> {
	const other = otherNode(ctx.broker, action, ctx.nodeID);
	if (other === undefined) await wait(FIRST_PAUSE_MS * 2 ** triesOf(ctx));

	const copy = ctx.copy(ctx.endpoint as never) as Try;
	copy._retryAttempts = triesOf(ctx) + 1;
	onCopy(copy);
	const chosen = other === undefined ? {} : { nodeID: other };
	return ctx.broker.call(action, ctx.params, { ctx: copy, ...chosen } as object);
}

function otherNode(broker: ServiceBroker, action: string, failed: string | null): string | undefined {
	const { endpoints } = broker.registry.getActionEndpoints(action);
	const others = endpoints.filter(({ id, isAvailable }) => isAvailable && id !== failed);
	return others[Math.floor(Math.random() * others.length)]?.id;
}

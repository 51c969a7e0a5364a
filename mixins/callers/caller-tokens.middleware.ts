import type { ActionHandler, ActionSchema, Context, Middleware, Service, ServiceBroker } from "moleculer";
import { call } from "../../services/contracts/action.ts";
import type { ActionContract } from "../../services/contracts/action.ts";
import { CallerUnknown, ExchangeServiceKey, OPERATOR } from "../../services/contracts/callers.ts";
import { Jwks } from "../../services/contracts/users.ts";
import { keySet } from "../tokens/key-set.ts";
import { expectAllowed, knownCallers, meet } from "./known-callers.ts";
import type { KnownCallers } from "./known-callers.ts";
import { OwnToken } from "./own-token.ts";
import type { Issued } from "./own-token.ts";
import { proofOf } from "./service-keys.ts";
import type { ServiceKeys } from "./service-keys.ts";

/** Travels with one request only: unlike meta, headers reach neither nested calls nor the answer. */
const HEADER = "$caller";
/** What a node asks before it has a token, or to check one. */
const BOOTSTRAP: ReadonlySet<string> = new Set([ExchangeServiceKey.name, Jwks.name]);
const ASK_TIMEOUT_MS = 2_000;
/** Who may call the framework's own actions, which no service asks another. */
const WITHOUT_CONTRACT = [OPERATOR];

export interface CallerOptions {
	/** The key of each service on this node; of `serviceKeys`. */
	readonly keys: ServiceKeys;
	/** Milliseconds since the epoch. */
	readonly nowMs?: () => number;
}

/**
 * Makes nodes know each other. Every call to another node carries this node's caller token, and every action that
 * another node calls is refused without one, and to services that its contract does not name. The token comes from
 * users, for proofs that this node has the keys of its services; starting does not wait for it, the first call to
 * another node does.
 *
 * Belongs directly after "Cacher" in the list of middlewares: what is cached is not given to strangers, and
 * each try of a call takes the newest token. Nothing is remote in the laptop shape, which goes without.
 *
 * @throws CallerUnknown, CallerNotAllowed to the calling node; ServiceBusy while users cannot be asked
 */
export function callerTokens({ keys, nowMs = Date.now }: CallerOptions): Middleware {
	const init = (broker: ServiceBroker) => {
		const fetchKeys = async () => (await call(broker, Jwks, {}, { timeout: ASK_TIMEOUT_MS })).keys;
		const callers = knownCallers(keySet({ fetchKeys, nowMs: () => performance.now() }), nowMs);
		const own = new OwnToken({
			exchange: () => exchange(broker, keys, callers, nowMs()),
			nowMs: () => performance.now(),
			onTrouble: (error) => broker.logger.warn("Got no caller token from users yet, will try again:", error),
		});

		return {
			name: "CallerTokens",
			localAction: (next: ActionHandler, action: ActionSchema) => guarded(next, action, callers, broker.nodeID),
			remoteAction: (next: ActionHandler, action: ActionSchema) => signed(next, action, own),
			transitMessageHandler: (next: MessageHandler) => withoutEchoes(next, broker.nodeID),
			starting: async () => own.start(),
			stopped: async () => own.stop(),
		};
	};
	// Moleculer takes a function that makes the middleware, and types the hook of messages as what it returns.
	return init as unknown as Middleware;
}

/** Looks at its own token too: it needs the keys anyway, and a clock that is wrong shows here first. */
async function exchange(
	broker: ServiceBroker,
	keys: ServiceKeys,
	callers: KnownCallers,
	atMs: number,
): Promise<Issued> {
	const proved = Object.entries(keys).map(([service, key]) => [service, proofOf(key, service, atMs)] as const);
	const params = { atMs, proofs: Object.fromEntries(proved) };
	const issued = await call(broker, ExchangeServiceKey, params, { timeout: ASK_TIMEOUT_MS });
	await meet(callers, issued.token);
	return issued;
}

function signed(next: ActionHandler, { name = "" }: ActionSchema, own: OwnToken): ActionHandler {
	if (BOOTSTRAP.has(name)) return next;

	return async function (this: Service, ctx: Context) {
		const token = own.current() ?? (await own.soon());
		const { headers } = ctx;
		ctx.headers = { ...headers, [HEADER]: token };
		const answer = next.call(this, ctx) as unknown;
		// It is on its way; an error that carries the context must not carry the token into a log.
		ctx.headers = headers;
		return answer;
	};
}

function guarded(next: ActionHandler, action: ActionSchema, callers: KnownCallers, nodeId: string): ActionHandler {
	if (BOOTSTRAP.has(action.name ?? "")) return next;
	const allowed = (action as { contract?: () => ActionContract }).contract?.().callers ?? WITHOUT_CONTRACT;

	return async function (this: Service, ctx: Context) {
		if (ctx.nodeID !== nodeId) {
			const token = takeToken(ctx);
			expectAllowed(callers.known(token) ?? (await meet(callers, token)), allowed);
		}
		return next.call(this, ctx) as unknown;
	};
}

function takeToken(ctx: Context): string {
	const { [HEADER]: token, ...headers } = ctx.headers as Record<string, unknown>;
	ctx.headers = headers;
	if (typeof token !== "string") throw new CallerUnknown();
	return token;
}

type MessageHandler = (cmd: string, packet: { payload?: { sender?: unknown } }) => Promise<boolean>;

/** A request that claims to come from ourselves would count as local; a node never sends itself one. */
const withoutEchoes =
	(next: MessageHandler, nodeId: string): MessageHandler =>
	(cmd, packet) =>
		cmd === "REQ" && packet.payload?.sender === nodeId ? Promise.resolve(false) : next(cmd, packet);

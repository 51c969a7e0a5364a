import type { ServiceBroker } from "moleculer";
import { keySet } from "../../../mixins/tokens/key-set.ts";
import { call } from "../../contracts/action.ts";
import { CheckSession, Jwks } from "../../contracts/users.ts";
import { within } from "../within.ts";
import { tokenVerifier } from "./access-token.ts";
import { authenticator } from "./authenticator.ts";
import type { Authenticator } from "./authenticator.ts";
import { sessions } from "./sessions.ts";

/**
 * Revocation is promised within five seconds, and answers count from their question: a later one would be too old.
 * It is no shorter, so that a burst of a thousand new sessions waits its turn instead of being turned away.
 */
const ASK_TIMEOUT_MS = 4_500;

/** Milliseconds since the epoch, and of a clock that never jumps. */
export interface Clocks {
	readonly nowMs: () => number;
	readonly steadyMs: () => number;
}

export const CLOCKS: Clocks = { nowMs: () => Date.now(), steadyMs: () => performance.now() };

/** Authenticates by asking the users service for its keys and sessions. */
export function usersAuthenticator(broker: ServiceBroker, { nowMs, steadyMs }: Clocks = CLOCKS): Authenticator {
	const keyOf = keySet({
		fetchKeys: async () => (await within(ASK_TIMEOUT_MS, call(broker, Jwks, {}))).keys,
		nowMs: steadyMs,
	});
	const sessionUser = sessions({
		checkSession: (sessionId) => within(ASK_TIMEOUT_MS, call(broker, CheckSession, { sessionId })),
		nowMs: steadyMs,
	});
	return authenticator(tokenVerifier(keyOf, nowMs), sessionUser);
}

import type { ServiceBroker } from "moleculer";
import { call } from "../../contracts/action.ts";
import { CheckSession, Jwks } from "../../contracts/users.ts";
import { within } from "../within.ts";
import { tokenVerifier } from "./access-token.ts";
import { authenticator } from "./authenticator.ts";
import type { Authenticator } from "./authenticator.ts";
import { keySet } from "./key-set.ts";
import { sessions } from "./sessions.ts";

/** With the four seconds that an answer is remembered, this keeps revocation within five. */
const ASK_TIMEOUT_MS = 900;

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

import type { ServiceBroker } from "moleculer";
import { keySet } from "../../../mixins/tokens/key-set.ts";
import { call } from "../../contracts/action.ts";
import { CheckApiKey } from "../../contracts/api-keys.ts";
import { CheckSession, Jwks } from "../../contracts/users.ts";
import { within } from "../within.ts";
import { tokenVerifier } from "./access-token.ts";
import { apiKeys } from "./api-keys.ts";
import { userAuthenticator } from "./authenticator.ts";
import type { Authenticator } from "./authenticator.ts";
import { remembered } from "./remembered.ts";

/**
 * Revocation is promised within five seconds, and answers count from their question: a later one would be too old.
 * It is no shorter, so that a burst of a thousand new sessions waits its turn instead of being turned away.
 */
const ASK_TIMEOUT_MS = 4_500;

/** What else a token names is no session, and nothing to ask about. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Milliseconds since the epoch, and of a clock that never jumps. */
export interface Clocks {
	readonly nowMs: () => number;
	readonly steadyMs: () => number;
}

export const CLOCKS: Clocks = { nowMs: () => Date.now(), steadyMs: () => performance.now() };

/** Authenticates by asking the users service for its keys, its sessions and its API keys. */
export function usersAuthenticator(broker: ServiceBroker, { nowMs, steadyMs }: Clocks = CLOCKS): Authenticator {
	const keyOf = keySet({
		fetchKeys: async () => (await within(ASK_TIMEOUT_MS, call(broker, Jwks, {}))).keys,
		nowMs: steadyMs,
	});
	const sessionUser = remembered({
		ask: async (sessionId) =>
			UUID.test(sessionId) ? within(ASK_TIMEOUT_MS, call(broker, CheckSession, { sessionId })) : null,
		nowMs: steadyMs,
	});
	const userOf = userAuthenticator(tokenVerifier(keyOf, nowMs), sessionUser);
	const serviceOf = apiKeys({
		checkApiKey: (keyId, secretHash) => within(ASK_TIMEOUT_MS, call(broker, CheckApiKey, { keyId, secretHash })),
		nowMs: steadyMs,
	});

	return async ({ authorization, "x-api-key": key }, mayAskOfKey) => {
		if (key !== undefined) return serviceOf(String(key), mayAskOfKey);
		return authorization === undefined ? undefined : userOf(authorization);
	};
}

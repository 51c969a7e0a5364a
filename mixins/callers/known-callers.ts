import type { JWTPayload } from "jose";
import { CALLER_TOKEN, CallerNotAllowed, CallerUnknown, OPERATOR } from "../../services/contracts/callers.ts";
import { ServiceBusy } from "../../services/contracts/errors.ts";
import type { KeySet } from "../tokens/key-set.ts";
import { verifiedTokens } from "../tokens/verified-tokens.ts";
import type { VerifiedTokens } from "../tokens/verified-tokens.ts";

/** The services that a node has proved to be. */
export interface Caller {
	readonly services: readonly string[];
}

export type KnownCallers = VerifiedTokens<Caller>;

const OPTIONS = {
	algorithms: [CALLER_TOKEN.algorithm],
	typ: CALLER_TOKEN.type,
	issuer: CALLER_TOKEN.issuer,
	audience: CALLER_TOKEN.audience,
	requiredClaims: ["sub", "exp"],
};

/** @param nowMs milliseconds since the epoch */
export const knownCallers = (keyOf: KeySet, nowMs: () => number): KnownCallers =>
	verifiedTokens({ options: OPTIONS, claimsOf, keyOf, nowMs, skewSeconds: CALLER_TOKEN.skewSeconds });

/** A node with several services is all of them. */
const claimsOf = ({ sub = "" }: JWTPayload): Caller => ({ services: sub.split(" ") });

/**
 * Who calls, by a token that is looked at for the first time.
 *
 * @throws CallerUnknown when it proves nothing, ServiceBusy when users cannot be asked for its keys
 */
export async function meet(callers: KnownCallers, token: string): Promise<Caller> {
	const caller = await callers.verify(token).catch(() => {
		throw new ServiceBusy({ retryAfterSeconds: 1 });
	});
	if (caller === undefined) throw new CallerUnknown();
	return caller;
}

/**
 * Holds a caller to the contract's list; an operator stands on all of them.
 *
 * @throws CallerNotAllowed
 */
export function expectAllowed({ services }: Caller, allowed: readonly string[]): void {
	if (services.includes(OPERATOR)) return;
	if (!services.some((service) => allowed.includes(service))) throw new CallerNotAllowed({ callers: allowed });
}

import { isProof } from "../../../mixins/callers/service-keys.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { CALLER_TOKEN, CallerUnknown } from "../../contracts/callers.ts";
import type { ExchangeServiceKey } from "../../contracts/callers.ts";
import { signCallerToken } from "../tokens/caller-token.ts";
import type { Users } from "../users.context.ts";

/** One wrong proof refuses all: a node that lacks a key of its own is set up wrongly and should hear of it. */
export async function exchangeServiceKey(
	this: Users,
	{ params: { atMs, proofs } }: Ctx<typeof ExchangeServiceKey>,
): Promise<ResultOf<typeof ExchangeServiceKey>> {
	const now = this.now();
	if (Math.abs(now.getTime() - atMs) > CALLER_TOKEN.skewSeconds * 1_000) throw new CallerUnknown();

	const given = Object.entries(proofs);
	const isRight = given.every(([service, proof]) => isProof(proof, this.serviceKeyOf(service), service, atMs));
	if (!isRight) throw new CallerUnknown();

	const services = given.map(([service]) => service);
	const token = await signCallerToken(this.signingKey, services, now, this.newId());
	return { token, expiresInSeconds: CALLER_TOKEN.lifetimeSeconds };
}

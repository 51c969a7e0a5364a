import { hash } from "node:crypto";
import { apiKeyParts } from "../../contracts/api-keys.ts";
import { Unauthenticated } from "../../contracts/errors.ts";
import type { ServicePrincipal } from "../../contracts/meta.ts";
import { remembered } from "./remembered.ts";
import type { MayAsk } from "./remembered.ts";

export interface ApiKeySource {
	/** What a key is good for, or null when it is none. */
	readonly checkApiKey: (keyId: string, secretHash: string) => Promise<{ readonly scopes: readonly string[] } | null>;
	/** Milliseconds of any steady clock. */
	readonly nowMs: () => number;
}

/** The service that an X-API-Key proves. */
export type ApiKeys = (key: string, mayAsk?: MayAsk) => Promise<ServicePrincipal>;

/**
 * Verifies API keys. They are remembered by what was asked, id and hash: a secret is kept nowhere, and a wrong one
 * never passes for the right one that came before.
 *
 * @throws Unauthenticated when the key is malformed, unknown, expired or revoked
 */
export function apiKeys({ checkApiKey, nowMs }: ApiKeySource): ApiKeys {
	const ask = async (asked: string) => {
		const [keyId = "", secretHash = ""] = asked.split(" ");
		return checkApiKey(keyId, secretHash);
	};
	const check = remembered({ ask, nowMs });

	return async (key, mayAsk) => {
		const parts = apiKeyParts(key);
		if (parts === undefined) throw new Unauthenticated();
		const found = await check(`${parts.id} ${hash("sha256", parts.secret, "base64url")}`, mayAsk);
		if (found === null) throw new Unauthenticated();
		return { kind: "service", keyId: parts.id, scopes: found.scopes, userId: parts.id, role: "service" };
	};
}

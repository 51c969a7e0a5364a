import type { ApiKey } from "../../contracts/api-keys.ts";
import type { ApiKeyRow } from "./storage.ts";

/** A key as administrators see it. */
export const apiKeyView = ({ previousUntil, ...key }: ApiKeyRow): ApiKey => ({
	id: key.id,
	name: key.name,
	scopes: key.scopes,
	createdAt: key.createdAt.toISOString(),
	expiresAt: timeOf(key.expiresAt),
	lastUsedAt: timeOf(key.lastUsedAt),
	rotatedAt: timeOf(key.rotatedAt),
	previousSecretUntil: timeOf(previousUntil),
});

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null;

import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError, PreconditionFailed } from "./errors.ts";
import { listOf, listParams } from "./paging.ts";
import { SCOPES } from "./policy.ts";
import { ById, Id, NoResult, text, Timestamp } from "./text.ts";

/** What an old secret is still good for after a rotation, unless told. */
export const GRACE_SECONDS = 24 * 60 * 60;
const MAX_GRACE_SECONDS = 7 * GRACE_SECONDS;

/** `stoa_<id of the key>_<secret>`: who finds one knows what it is and which one to revoke. */
export const apiKeyText = (id: string, secret: string): string => `stoa_${id}_${secret}`;

const API_KEY = /^stoa_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** The parts of an API key, or undefined when it cannot be one. */
export function apiKeyParts(given: string): { id: string; secret: string } | undefined {
	const [, id, secret] = API_KEY.exec(given) ?? [];
	return id === undefined || secret === undefined ? undefined : { id, secret };
}

const Scopes = z
	.array(z.enum(SCOPES))
	.min(1)
	.max(SCOPES.length)
	.refine((given) => new Set(given).size === given.length, { message: "names each scope once" });

export const ApiKey = z.object({
	id: Id,
	name: z.string(),
	scopes: z.array(z.string()),
	createdAt: Timestamp,
	expiresAt: Timestamp.nullable(),
	/** To the minute. */
	lastUsedAt: Timestamp.nullable(),
	rotatedAt: Timestamp.nullable(),
	/** Until then the secret before the last rotation is good as well. */
	previousSecretUntil: Timestamp.nullable(),
});
export type ApiKey = z.output<typeof ApiKey>;

/** `key` is what the service sends as X-API-Key. It is not kept, and never shown again. */
const NewApiKey = z.object({ ...ApiKey.shape, key: z.string() });

export const ApiKeyNotFound = defineError(
	"API_KEY_NOT_FOUND",
	404,
	"There is no such API key: it was revoked, or the id is wrong.",
);

export const CreateApiKey = defineAction("users.createApiKey", {
	summary: "Makes a key for a service; it is shown in this answer only.",
	params: z.strictObject({ name: text(100), scopes: Scopes, expiresAt: Timestamp.optional() }),
	result: NewApiKey,
});

export const ListApiKeys = defineAction("users.apiKeys", {
	summary: "The keys that are not revoked, newest first.",
	params: listParams({}),
	result: listOf(ApiKey),
});

export const GetApiKey = defineAction("users.apiKey", {
	summary: "One key, without its secret.",
	params: ById,
	result: ApiKey,
	errors: [ApiKeyNotFound],
});

export const RotateApiKey = defineAction("users.rotateApiKey", {
	summary: "Gives a key a new secret, shown in this answer only; the old one stays good for a while.",
	params: z.strictObject({ id: Id, graceSeconds: z.int().min(0).max(MAX_GRACE_SECONDS).default(GRACE_SECONDS) }),
	result: NewApiKey,
	errors: [ApiKeyNotFound],
});

export const RevokeApiKey = defineAction("users.revokeApiKey", {
	summary: "Ends a key: it is refused everywhere within five seconds.",
	params: ById,
	result: NoResult,
	errors: [ApiKeyNotFound, PreconditionFailed],
});

/** Asked by the gateway at most every few seconds a key. The secret does not travel, its SHA-256 (base64url) does. */
export const CheckApiKey = defineAction("users.checkApiKey", {
	summary: "What a key is good for, or null when it is revoked, expired or not the right one.",
	params: z.strictObject({ keyId: Id, secretHash: z.string().length(43) }),
	result: z.object({ scopes: z.array(z.string()) }).nullable(),
	callers: ["gateway"],
});

export const API_KEY_ACTIONS = [CreateApiKey, ListApiKeys, GetApiKey, RotateApiKey, RevokeApiKey, CheckApiKey];

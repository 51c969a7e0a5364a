import { action, query } from "../../../mixins/define-service.ts";
import * as Contract from "../../contracts/api-keys.ts";
import { ADMIN } from "../../contracts/policy.ts";
import { checkApiKey } from "./check-api-key.ts";
import { createApiKey } from "./create-api-key.ts";
import { getApiKey } from "./get-api-key.ts";
import { listApiKeys } from "./list-api-keys.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { rotateApiKey } from "./rotate-api-key.ts";

/** Keys of services: made, rotated and revoked by administrators, checked for the gateway. */
export const apiKeyActions = {
	createApiKey: action(
		Contract.CreateApiKey,
		{ rest: "POST /api-keys", policy: ADMIN, status: 201, location: "/api-keys/:id" },
		createApiKey,
	),
	apiKeys: action(Contract.ListApiKeys, { rest: "GET /api-keys", policy: ADMIN }, listApiKeys),
	apiKey: action(Contract.GetApiKey, { rest: "GET /api-keys/:id", policy: ADMIN }, getApiKey),
	rotateApiKey: action(Contract.RotateApiKey, { rest: "POST /api-keys/:id/rotate", policy: ADMIN }, rotateApiKey),
	revokeApiKey: action(
		Contract.RevokeApiKey,
		{ rest: "DELETE /api-keys/:id", policy: ADMIN, status: 204 },
		revokeApiKey,
	),
	checkApiKey: query(Contract.CheckApiKey, checkApiKey),
};

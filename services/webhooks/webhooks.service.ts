import { action, defineService, internal, query } from "../../mixins/define-service.ts";
import { inbox } from "../../mixins/inbox.mixin.ts";
import { integrity } from "../../mixins/integrity.mixin.ts";
import { inboxStuck } from "../../mixins/integrity/stuck.ts";
import { purge } from "../../mixins/sql/purge.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { upkeep } from "../../mixins/upkeep.mixin.ts";
import type { Chore } from "../../mixins/upkeep.mixin.ts";
import { ping } from "../contracts/platform.ts";
import { ADMIN } from "../contracts/policy.ts";
import { eraseOf } from "../contracts/privacy.ts";
import * as webhooks from "../contracts/webhooks.ts";
import { removeEndpoint, updateEndpoint } from "./actions/change-endpoint.ts";
import { createEndpoint } from "./actions/create-endpoint.ts";
import { getDelivery, listDeliveries, redeliver } from "./actions/deliveries.ts";
import { eraseUser } from "./actions/erase-user.ts";
import { pingWebhooks } from "./actions/ping.ts";
import { getEndpoint, listEndpoints } from "./actions/read-endpoints.ts";
import { rotateSecret } from "./actions/rotate-secret.ts";
import { testEndpoint } from "./actions/test-endpoint.ts";
import { config } from "./config.ts";
import { fanOut } from "./consumers/fan-out.ts";
import { sender } from "./delivery/sender.mixin.ts";
import { PURGE_EVENTS, PURGE_REMOVED, PURGE_REMOVED_DELIVERIES } from "./storage/events.ts";
import { watchEndpoints } from "./watch-endpoints.mixin.ts";
import type { Webhooks } from "./webhooks.context.ts";

/** Most of its time it waits for others, not for its database. */
const CONNECTIONS = 5;

const forgetOld: Chore<Webhooks> = {
	name: "forget old deliveries",
	everyMs: 60_000,
	work: async ({ db }) => {
		const left = [
			await purge(db, PURGE_EVENTS),
			await purge(db, PURGE_REMOVED_DELIVERIES),
			await purge(db, PURGE_REMOVED),
		];
		return left.some(Boolean);
	},
};

/**
 * Webhooks: tells third parties what happened, signed.
 *
 *     pending → delivered                                 an endpoint: active → gone | failing | switched off
 *        └→ failed (410, or three days of tries)                         └──────────────┴── PUT isActive true
 *
 * A consumer queues, the sender sends. It runs apart from the others: it goes wherever third parties say.
 */
export default defineService({
	name: "webhooks",
	mixins: [
		sql({ url: () => config().databaseUrl, poolSize: CONNECTIONS }),
		sender(config),
		watchEndpoints,
		integrity([inboxStuck]),
		upkeep(() => [forgetOld]),
		inbox([fanOut]),
	],

	actions: {
		ping: query(ping("webhooks"), pingWebhooks),
		eraseUser: internal(eraseOf("webhooks"), eraseUser),

		create: action(
			webhooks.CreateWebhookEndpoint,
			{ rest: "POST /webhook-endpoints", policy: ADMIN, status: 201, location: "/webhook-endpoints/:id" },
			createEndpoint,
		),
		list: action(webhooks.ListWebhookEndpoints, { rest: "GET /webhook-endpoints", policy: ADMIN }, listEndpoints),
		get: action(webhooks.GetWebhookEndpoint, { rest: "GET /webhook-endpoints/:id", policy: ADMIN }, getEndpoint),
		update: action(
			webhooks.UpdateWebhookEndpoint,
			{ rest: "PUT /webhook-endpoints/:id", policy: ADMIN },
			updateEndpoint,
		),
		remove: action(
			webhooks.RemoveWebhookEndpoint,
			{ rest: "DELETE /webhook-endpoints/:id", policy: ADMIN, status: 204 },
			removeEndpoint,
		),
		rotateSecret: action(
			webhooks.RotateWebhookSecret,
			{ rest: "POST /webhook-endpoints/:id/rotate-secret", policy: ADMIN },
			rotateSecret,
		),
		test: action(
			webhooks.TestWebhookEndpoint,
			{ rest: "POST /webhook-endpoints/:id/test", policy: ADMIN, status: 202 },
			testEndpoint,
		),
		deliveries: action(
			webhooks.ListWebhookDeliveries,
			{ rest: "GET /webhook-endpoints/:id/deliveries", policy: ADMIN },
			listDeliveries,
		),
		delivery: action(
			webhooks.GetWebhookDelivery,
			{ rest: "GET /webhook-endpoints/:id/deliveries/:deliveryId", policy: ADMIN },
			getDelivery,
		),
		redeliver: action(
			webhooks.RedeliverWebhook,
			{ rest: "POST /webhook-endpoints/:id/deliveries/:deliveryId/redeliver", policy: ADMIN, status: 202 },
			redeliver,
		),
	},
});

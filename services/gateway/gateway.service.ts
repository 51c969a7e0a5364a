import ApiGateway from "moleculer-web";
import type { ApiSettingsSchema } from "moleculer-web";
import type { ActionSchema, ServiceSchema, ServiceSettingSchema } from "moleculer";
import { action, defineService } from "../../mixins/define-service.ts";
import { ReadUpload } from "../contracts/bodies.ts";
import { Integrity } from "../contracts/integrity.ts";
import * as operations from "../contracts/operations.ts";
import { Health, ListServices, Live, Ready } from "../contracts/platform.ts";
import { ADMIN, OPEN } from "../contracts/policy.ts";
import { health } from "./actions/health.ts";
import { listServices } from "./actions/list-services.ts";
import { readUpload } from "./actions/read-upload.ts";
import { live } from "./actions/live.ts";
import { ready } from "./actions/ready.ts";
import type { Gateway } from "./gateway.context.ts";
import { refuse, sendResponse } from "./http/answer.ts";
import { BODY_PATIENCE_MS } from "./http/body.ts";
import { drain } from "./http/drain.ts";
import { https } from "./https.mixin.ts";
import { openServer } from "./http/server.ts";
import { discardDeadLetter, listDeadLetters, replayDeadLetter } from "./operations/dead-letters.ts";
import { integrity } from "./operations/integrity.ts";
import { listSagas, retrySaga } from "./operations/sagas.ts";
import { regenerateAliases } from "./routing/aliases.ts";
import { handleRequest } from "./routing/handle-request.ts";
import { prepareCall } from "./routing/prepare-call.ts";
import { routeRequest } from "./routing/route-request.ts";
import { lifecycle, parts } from "./wiring.ts";

/** Longer than the gateway waits for the client, so that its answer comes first. */
const UPLOAD_TIMEOUT_MS = BODY_PATIENCE_MS + 5_000;

/** moleculer-web's own logging and parsing are off: the gateway does both, and measured they cost more than they give. */
const SETTINGS: ServiceSettingSchema & ApiSettingsSchema = {
	$secureSettings: ["routes"],
	logRequest: null,
	logRequestParams: null,
	logResponse: null,
	logRouteRegistration: null,
	requestTimeout: 30_000,
	routes: [
		{
			path: "/",
			autoAliases: true,
			mappingPolicy: "restrict",
			mergeParams: false,
			bodyParsers: false,
			etag: false,
			logging: false,
			onBeforeCall: prepareCall as never,
		},
	],
};

/**
 * Gateway: the one door for REST. It keeps nothing but short memories of tokens and counters; which routes
 * exist, who may use them and what they answer stands on the services' actions.
 *
 *     request → route → authenticate → rate limit → authorise → read → action → answer
 *         └────────┴──────────┴────────────┴────────────┴─────────┴──────┴→ problem
 */
export default defineService({
	name: "gateway",
	// Created in this order and stopped in reverse: moleculer-web needs the parts, and must not close an undrained server.
	mixins: [parts, ApiGateway as Partial<ServiceSchema>, https, lifecycle],

	settings: SETTINGS,

	actions: {
		health: action(Health, { rest: "GET /health", policy: OPEN }, health),
		live: action(Live, { rest: "GET /health/live", policy: OPEN }, live),
		ready: action(Ready, { rest: "GET /health/ready", policy: OPEN }, ready),
		services: action(ListServices, { rest: "GET /services", policy: OPEN }, listServices),

		// What operators look after. The services hold it; these gather it from all of them.
		deadLetters: action(
			operations.ListDeadLetters,
			{ rest: "GET /operations/dead-letters", policy: ADMIN },
			listDeadLetters,
		),
		replayDeadLetter: action(
			operations.ReplayDeadLetter,
			{ rest: "POST /operations/dead-letters/:id/replay", policy: ADMIN, status: 202 },
			replayDeadLetter,
		),
		discardDeadLetter: action(
			operations.DiscardDeadLetter,
			{ rest: "DELETE /operations/dead-letters/:id", policy: ADMIN, status: 204 },
			discardDeadLetter,
		),
		sagas: action(operations.ListSagas, { rest: "GET /operations/sagas", policy: ADMIN }, listSagas),
		retrySaga: action(
			operations.RetrySaga,
			{ rest: "POST /operations/sagas/:id/retry", policy: ADMIN, status: 202 },
			retrySaga,
		),
		integrity: action(Integrity, { rest: "GET /operations/integrity", policy: ADMIN }, integrity),

		// Asked by whoever reads a body while its client sends it, at that client's pace.
		readUpload: {
			...action(ReadUpload, { timeout: UPLOAD_TIMEOUT_MS }, readUpload),
			bulkhead: { enabled: false },
		} as ActionSchema,

		// moleculer-web's own: the root action of a request is ours, and nothing else is reachable.
		rest: {
			visibility: "private",
			// A slow client takes its own time; the actions have theirs.
			timeout: 0,
			bulkhead: { enabled: false },
			handler: routeRequest,
		} as never,
		listAliases: false,
		addRoute: false,
		removeRoute: false,
	},

	methods: {
		createServer(this: Gateway) {
			this.server = openServer(this, this.identity);
		},
		httpHandler: handleRequest,
		regenerateAutoAliases: regenerateAliases,
		sendResponse,
		refuse,
		drain,
	},
});

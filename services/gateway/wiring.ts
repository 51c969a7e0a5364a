import { randomUUID } from "node:crypto";
import { defineMixin } from "../../mixins/define-service.ts";
import { sharedCounters } from "../../mixins/redis/shared-counters.ts";
import { metricsOf } from "../../mixins/metrics/registry.ts";
import { asyncApiOf } from "./asyncapi/document.ts";
import { usersAuthenticator } from "./auth/users.ts";
import { config } from "./config.ts";
import type { Gateway } from "./gateway.context.ts";
import { healthCheck } from "./health-check.ts";
import { clientReader } from "./http/exchange.ts";
import { pages } from "./http/pages.ts";
import { requestLog } from "./http/request-log.ts";
import { measured } from "./http/request-metrics.ts";
import { readIdentity } from "./http/tls-identity.ts";
import { uploads } from "./http/uploads.ts";
import { openApiOf } from "./openapi/document.ts";
import { rateLimit } from "./rate-limit.ts";
import { followRegistry } from "./routing/aliases.ts";

/** Reads the configuration and makes the parts of the gateway from it. */
export const parts = defineMixin<Gateway>({
	created() {
		const settings = config();
		const counters = sharedCounters(settings, this.logger);
		Object.assign(this.settings, { port: settings.API_GATEWAY_PORT, ip: settings.API_GATEWAY_HOST });
		Object.assign(this, {
			config: settings,
			authenticator: usersAuthenticator(this.broker),
			identity: settings.tls && readIdentity(settings.tls),
			counters,
			rateLimit: rateLimit(settings.RATE_LIMIT_PER_MINUTE, counters),
			requestLog: measured(requestLog(settings.REQUEST_LOG), metricsOf(this.broker)),
			healthCheck: healthCheck(this.broker, () => this.now()),
			clientOf: clientReader(settings.TRUSTED_PROXIES),
			pages: pages({
				"/openapi.json": () => openApiOf(this.broker),
				"/asyncapi.json": () => asyncApiOf(this.broker),
			}),
			uploads: uploads(() => randomUUID()),
			acquainted: new Set(),
			isDraining: false,
			inFlight: 0,
		});
	},
});

/** What comes after moleculer-web is created, and before it is stopped. */
export const lifecycle = defineMixin<Gateway>({
	created: followRegistry,

	async stopped() {
		await this.drain();
		this.counters?.close();
		await this.requestLog.close();
	},
});

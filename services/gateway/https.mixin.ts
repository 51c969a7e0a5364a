import { Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { defineMixin } from "../../mixins/define-service.ts";
import type { Gateway } from "./gateway.context.ts";
import { listen, openRedirect } from "./http/redirect-server.ts";
import { followIdentity } from "./http/tls-identity.ts";

/** What HTTPS needs besides a server that speaks it: the newest certificate, and a way there from plain HTTP. */
export const https = defineMixin<Gateway>({
	async started() {
		const { config, identity, server } = this;
		if (config.tls === undefined || identity === undefined || !(server instanceof SecureServer)) return;
		const onProblem = (message: string) => this.logger.error(`The certificate stays as it is: ${message}`);
		this.stopFollowing = followIdentity(server, { files: config.tls, identity, onProblem });

		if (config.HTTP_REDIRECT_PORT === undefined) return;
		this.redirect = openRedirect((server.address() as AddressInfo).port);
		await listen(this.redirect, config.HTTP_REDIRECT_PORT, config.API_GATEWAY_HOST);
	},

	stopped() {
		this.stopFollowing?.();
		this.redirect?.close();
		this.redirect?.closeAllConnections();
	},
});

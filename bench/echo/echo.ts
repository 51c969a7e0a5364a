import { ServiceBroker } from "moleculer";
import type { ServiceSchema } from "moleculer";
import ApiGateway from "moleculer-web";
import type { ApiSettingsSchema } from "moleculer-web";
import { LOOPBACK } from "../../bin/postgres/port.ts";

/** What it answers, whatever is asked. */
export interface Answers {
	readonly product: unknown;
	readonly list: unknown;
}

/** A broker with Moleculer's own defaults, which only keeps the requests out of its log. */
export function echoBroker(name: string, redisUrl: string): ServiceBroker {
	const { hostname: host, port } = new URL(redisUrl);
	const transporter = { type: "Redis", options: { host, port: Number(port) } } as const;
	return new ServiceBroker({ namespace: "echo", nodeID: name, transporter, logLevel: "warn" });
}

/** moleculer-web with its own defaults, and one route. */
export const echoGateway = (port: number): ServiceSchema<ApiSettingsSchema> => ({
	name: "api",
	mixins: [ApiGateway],
	settings: { ip: LOOPBACK, port, routes: [{ path: "/", whitelist: ["products.*"], autoAliases: true }] },
});

export const echoProducts = ({ product, list }: Answers): ServiceSchema => ({
	name: "products",
	actions: {
		get: { rest: "GET /:id", handler: () => product },
		list: { rest: "GET /", handler: () => list },
	},
});

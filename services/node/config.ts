import { z } from "zod";
import { isCluster } from "../../mixins/broker/config.ts";
import { readConfig } from "../../mixins/config.ts";
import { SERVICES } from "../contracts/platform.ts";

const port = (byDefault: number) => z.coerce.number().int().min(0).max(65_535).default(byDefault);

const Schema = z.object({
	/** Port of the pages of a node, by its first service; 0 takes any free one. */
	USER_SERVICE_PORT: port(3001),
	PRODUCT_SERVICE_PORT: port(3002),
	ORDER_SERVICE_PORT: port(3003),
	PAYMENT_SERVICE_PORT: port(3004),
	NOTIFICATION_SERVICE_PORT: port(3005),
	WEBHOOK_SERVICE_PORT: port(3006),
	GATEWAY_SERVICE_PORT: port(3009),
	/** Address they listen on. A laptop shows them to itself alone, a container to its network. */
	NODE_PAGES_HOST: z.string().optional(),
});

export interface NodePort {
	/** The variable that sets it, to be named when the port is taken. */
	readonly variable: string;
	readonly port: number;
}

/** The environment of a node's pages. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env) {
	const read = readConfig(Schema, env);
	const ports: Readonly<Record<string, unknown>> = read;
	return {
		isCluster: isCluster(env),
		host: read.NODE_PAGES_HOST ?? (isCluster(env) ? "0.0.0.0" : "127.0.0.1"),
		/** The port of a node whose first service is this one. */
		portOf(service: string): NodePort {
			const variable = `${shortNameOf(service).toUpperCase()}_SERVICE_PORT`;
			return { variable, port: Number(ports[variable] ?? 0) };
		},
	};
}

export type NodeConfig = ReturnType<typeof config>;

/** `user` for users, as health and the environment call it. */
export const shortNameOf = (service: string): string =>
	(SERVICES as Readonly<Record<string, string | undefined>>)[service] ?? service;

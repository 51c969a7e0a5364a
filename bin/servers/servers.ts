import { mongodb } from "./mongodb.ts";
import { nats, natsOverTls } from "./nats.ts";
import { postgres } from "./postgres.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { redis } from "./redis.ts";
import type { Server, ServerName } from "./server.ts";

/** The ports follow this order: one that is added goes to the end. */
export const SERVERS: Readonly<Record<ServerName, Server>> = {
	postgres,
	redis,
	rabbitmq,
	nats,
	"nats-tls": natsOverTls,
	mongodb,
};

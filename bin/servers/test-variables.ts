import type { ServerName } from "./server.ts";

/** The variables that tell the tests where a server is: plainly, over TLS, or both. */
export const TEST_VARIABLES: Readonly<Record<ServerName, { readonly url?: string; readonly tlsUrl?: string }>> = {
	postgres: { url: "STOA_TEST_SERVICES_DATABASE_URL", tlsUrl: "STOA_TEST_TLS_DATABASE_URL" },
	redis: { url: "STOA_TEST_REDIS_URL", tlsUrl: "STOA_TEST_TLS_REDIS_URL" },
	rabbitmq: { url: "STOA_TEST_RABBITMQ_URL", tlsUrl: "STOA_TEST_TLS_RABBITMQ_URL" },
	nats: { url: "STOA_TEST_NATS_URL" },
	"nats-tls": { tlsUrl: "STOA_TEST_TLS_NATS_URL" },
	mongodb: { url: "STOA_TEST_MONGODB_URL", tlsUrl: "STOA_TEST_TLS_MONGODB_URL" },
};

/** The file of the private CA that signed the certificates of all of them. */
export const CA_VARIABLE = "STOA_TEST_CA_FILE";

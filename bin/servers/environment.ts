import { CA_VARIABLE, TEST_VARIABLES } from "./test-variables.ts";
import { SERVERS } from "./servers.ts";
import type { ServerName, Site } from "./server.ts";

export type Sites = Readonly<Record<ServerName, Site>>;

/** What Stoa itself reads: with these it runs in the cluster shape on the servers. */
export function stoaEnvironment(sites: Sites): Record<string, string> {
	const url = (name: ServerName) => SERVERS[name].url(sites[name]);
	return {
		DATABASE_URL: url("postgres"),
		REDIS_URL: url("redis"),
		RABBITMQ_URL: url("rabbitmq"),
		NATS_SERVERS: url("nats"),
		MONGODB_URL: url("mongodb"),
	};
}

/** What the tests read of the named servers. */
export function testEnvironment(sites: Sites, names: readonly ServerName[]): Record<string, string> {
	const variables: Record<string, string> = {};
	for (const name of names) {
		const { url, tlsUrl } = TEST_VARIABLES[name];
		const { certificates } = sites[name];
		if (url) variables[url] = SERVERS[name].url(sites[name]);
		if (tlsUrl) variables[tlsUrl] = SERVERS[name].tlsUrl(sites[name]) ?? "";
		if (certificates) variables[CA_VARIABLE] = certificates.ca;
	}
	return variables;
}

/** Lines that a shell may evaluate. */
export function shellLines(variables: Readonly<Record<string, string>>): string {
	const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
	return Object.entries(variables)
		.map(([name, value]) => `${name}=${quoted(value)}`)
		.join("\n");
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, expect, it } from "@jest/globals";
import type { ServerName } from "../../bin/servers/server.ts";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import { freshCertificates } from "../support/certificates.ts";
import { execute } from "../support/database.ts";
import { caFile, describeWith, tlsUrlOf, urlOf } from "../support/servers.ts";
import { STRANGER } from "./stranger.ts";

const MIGRATED = `test_tls_${process.pid}`;
const CLIENT = new URL("client.ts", import.meta.url).pathname;

/** The authority comes by NODE_EXTRA_CA_CERTS, as for every other client, and not by the URL. */
function database(name = "postgres"): string {
	const url = new URL(withDatabase(tlsUrlOf("postgres"), name));
	url.searchParams.delete("sslrootcert");
	return url.href;
}

const CLIENTS: readonly (readonly [what: string, server: Exclude<ServerName, "nats">, url: () => string])[] = [
	["database", "postgres", database],
	["migrations", "postgres", () => database(MIGRATED)],
	["records", "postgres", database],
	["counters", "redis", () => tlsUrlOf("redis")],
	["transporter", "redis", () => tlsUrlOf("redis")],
	["rabbitmq", "rabbitmq", () => tlsUrlOf("rabbitmq")],
	["nats", "nats-tls", () => tlsUrlOf("nats-tls")],
	["mongodb", "mongodb", () => tlsUrlOf("mongodb")],
];

/** How a process of its own fared that trusts this authority besides the public ones. */
async function outcome(what: string, url: string, authority: string): Promise<string> {
	const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: authority };
	const { stdout } = await promisify(execFile)(process.execPath, ["--no-deprecation", CLIENT, what, url], { env });
	return stdout.trim();
}

const refusal = (what: string, reason: RegExp): RegExp =>
	what === "mongodb" ? /^refused [^]*SERVICE_BUSY/ : new RegExp(`^refused [^]*(${reason.source})`);

describeWith(["postgres", "redis", "rabbitmq", "nats-tls", "mongodb"], "TLS with a private authority", () => {
	afterAll(() => execute(urlOf("postgres"), `drop database if exists ${MIGRATED} with (force)`));

	it.each(CLIENTS)("%s connects when NODE_EXTRA_CA_CERTS names the authority", async (what, _server, url) => {
		expect(await outcome(what, url(), caFile())).toBe("connected");
	});

	it.each(CLIENTS)("%s refuses a server of an authority it does not trust", async (what, _server, url) => {
		const { ca } = await freshCertificates();
		expect(await outcome(what, url(), ca)).toMatch(refusal(what, /certificate/));
	});

	it.each(CLIENTS)("%s refuses a server that has another name", async (what, _server, url) => {
		const elsewhere = url().replace("localhost", STRANGER);
		expect(await outcome(what, elsewhere, caFile())).toMatch(refusal(what, /does not match certificate/));
	});
});

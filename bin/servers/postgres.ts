import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { clearDeadPidFile, readPidFile } from "../postgres/postmaster.ts";
import { isListening } from "../postgres/port.ts";
import type { Server } from "./server.ts";

const PROGRAMS = "/usr/lib/postgresql/15/bin";

/** PostgreSQL 15. Everybody on the machine is trusted: the servers hold test data and listen on the loopback only. */
export const postgres: Server = {
	name: "postgres",
	ports: ["main"],
	user: "postgres",
	needs: { packages: ["postgresql-15"] },
	// A fast stop: sessions end, and a checkpoint is written.
	stopSignal: "SIGINT",
	startTimeoutMs: 60_000,
	files: ({ ports, certificates }) => ({
		"postgresql.conf": [
			"listen_addresses = '127.0.0.1'",
			`port = ${ports.main}`,
			"unix_socket_directories = ''",
			"max_connections = 300",
			...(certificates
				? ["ssl = on", `ssl_cert_file = '${certificates.certificate}'`, `ssl_key_file = '${certificates.key}'`]
				: []),
			"",
		].join("\n"),
	}),
	prepare: async ({ folder }, run) => {
		const data = `${folder}/data`;
		await clearDeadPidFile(data);
		if (existsSync(`${data}/initialised`)) return;
		// An initdb that was interrupted leaves a folder which the next one refuses.
		await rm(data, { recursive: true, force: true });
		const args = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"];
		await run({ program: `${PROGRAMS}/initdb`, args });
		await run({ program: "touch", args: [`${data}/initialised`] });
	},
	command: ({ folder }) => ({
		program: `${PROGRAMS}/postgres`,
		args: ["-D", `${folder}/data`, "-c", `config_file=${folder}/postgresql.conf`],
	}),
	isReady: async ({ folder, ports }) =>
		readPidFile(`${folder}/data`)?.ready === true && (await isListening(ports.main ?? 0)),
	url: ({ ports }) => `postgres://postgres@127.0.0.1:${ports.main}/postgres`,
	tlsUrl: ({ ports, certificates }) =>
		certificates &&
		`postgres://postgres@localhost:${ports.main}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(certificates.ca)}`,
};

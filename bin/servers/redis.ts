import { askLine } from "./probe.ts";
import type { Server } from "./server.ts";

/** Redis with an append-only file: what it acknowledged survives its death, though not that of the machine. */
export const redis: Server = {
	name: "redis",
	ports: ["main", "tls"],
	user: "redis",
	needs: { packages: ["redis-server"] },
	stopSignal: "SIGTERM",
	startTimeoutMs: 30_000,
	files: ({ folder, ports, certificates }) => ({
		"redis.conf": [
			"bind 127.0.0.1",
			`port ${ports.main}`,
			`dir ${folder}`,
			"daemonize no",
			"appendonly yes",
			"appendfsync everysec",
			'save ""',
			...(certificates
				? [
						`tls-port ${ports.tls}`,
						`tls-cert-file ${certificates.certificate}`,
						`tls-key-file ${certificates.key}`,
						`tls-ca-cert-file ${certificates.ca}`,
						"tls-auth-clients no",
					]
				: []),
			"",
		].join("\n"),
	}),
	command: ({ folder }) => ({ program: "redis-server", args: [`${folder}/redis.conf`] }),
	// Listens while it still reads its data, and answers LOADING then.
	isReady: async ({ ports }) => (await askLine(ports.main, "PING\r\n")) === "+PONG",
	url: ({ ports }) => `redis://127.0.0.1:${ports.main}`,
	tlsUrl: ({ ports, certificates }) => certificates && `rediss://localhost:${ports.tls}`,
};

import { isHealthy } from "./probe.ts";
import { builtProgram } from "./programs.ts";
import type { Server, Site } from "./server.ts";

/**
 * NATS with JetStream. What it acknowledges is on the disk (`sync_interval: always`), which NATS has known since
 * 2.10, as it has consumers of several subjects: Debian's 2.9 will not do, so it is built from its Go module.
 */
export const nats = natsServer("nats", false);

/**
 * The same over TLS only. It is a server of its own since a client upgrades wherever TLS is offered, and then
 * those of the plain port would need the CA too.
 */
export const natsOverTls = natsServer("nats-tls", true);

function natsServer(name: "nats" | "nats-tls", tls: boolean): Server {
	return {
		name,
		ports: ["main", "monitor"],
		user: "nobody",
		needs: { packages: [], built: "nats-server" },
		stopSignal: "SIGTERM",
		startTimeoutMs: 30_000,
		files: (site) => ({ "nats.conf": settings(site, tls) }),
		command: ({ folder }) => ({ program: builtProgram("nats-server"), args: ["-c", `${folder}/nats.conf`] }),
		isReady: ({ ports }) => isHealthy(`http://127.0.0.1:${ports.monitor}/healthz`),
		url: ({ ports }) => (tls ? `tls://localhost:${ports.main}` : `nats://127.0.0.1:${ports.main}`),
		tlsUrl: ({ ports }) => (tls ? `tls://localhost:${ports.main}` : undefined),
	};
}

function settings({ folder, ports, certificates }: Site, tls: boolean): string {
	if (tls && !certificates) throw new Error("NATS over TLS needs certificates: pass those of makeCertificates.");
	return [
		"host: 127.0.0.1",
		`port: ${ports.main}`,
		`http: "127.0.0.1:${ports.monitor}"`,
		"jetstream {",
		`  store_dir: "${folder}/jetstream"`,
		"  sync_interval: always",
		"}",
		...(tls && certificates
			? ["tls {", `  cert_file: "${certificates.certificate}"`, `  key_file: "${certificates.key}"`, "}"]
			: []),
		"",
	].join("\n");
}

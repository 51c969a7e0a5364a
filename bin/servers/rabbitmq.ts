import { isListening } from "../postgres/port.ts";
import { askLine } from "./probe.ts";
import type { Server, Site } from "./server.ts";

const PROGRAMS = "/usr/lib/rabbitmq/bin";
const AMQP_HEADER = "AMQP\u0000\u0000\u0009\u0001";

/** RabbitMQ with its management pages. Its name and its port mapper (epmd) are its own, so that others may run beside it. */
export const rabbitmq: Server = {
	name: "rabbitmq",
	ports: ["main", "tls", "management", "distribution", "epmd"],
	user: "rabbitmq",
	needs: { packages: ["rabbitmq-server"] },
	stopSignal: "SIGTERM",
	startTimeoutMs: 120_000,
	folders: ["mnesia", "log"],
	files: (site) => ({
		"rabbitmq.conf": settings(site),
		enabled_plugins: "[rabbitmq_management].\n",
		".erlang.cookie": "stoa-tests-on-the-loopback",
		// Read in place of /etc/rabbitmq/rabbitmq-env.conf, which would change what stands here.
		"rabbitmq-env.conf": "",
	}),
	command: (site) => ({ program: `${PROGRAMS}/rabbitmq-server`, args: [], env: environment(site) }),
	isReady: async ({ ports }) =>
		(await isListening(ports.management ?? 0)) && (await askLine(ports.main, AMQP_HEADER)) !== undefined,
	url: ({ ports }) => `amqp://guest:guest@127.0.0.1:${ports.main}`,
	tlsUrl: ({ ports, certificates }) => certificates && `amqps://guest:guest@localhost:${ports.tls}`,
	sweep: (site) => ({ program: "epmd", args: ["-kill"], env: environment(site) }),
};

function settings({ ports, certificates }: Site): string {
	return [
		`listeners.tcp.1 = 127.0.0.1:${ports.main}`,
		"management.tcp.ip = 127.0.0.1",
		`management.tcp.port = ${ports.management}`,
		"disk_free_limit.absolute = 50MB",
		"log.console = false",
		...(certificates
			? [
					`listeners.ssl.1 = 127.0.0.1:${ports.tls}`,
					`ssl_options.cacertfile = ${certificates.ca}`,
					`ssl_options.certfile = ${certificates.certificate}`,
					`ssl_options.keyfile = ${certificates.key}`,
					"ssl_options.verify = verify_none",
					"ssl_options.fail_if_no_peer_cert = false",
				]
			: []),
		"",
	].join("\n");
}

function environment({ folder, ports }: Site): Record<string, string> {
	return {
		HOME: folder,
		LANG: "C.UTF-8",
		RABBITMQ_NODENAME: `stoa${ports.main}@localhost`,
		RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
		RABBITMQ_NODE_PORT: String(ports.main),
		RABBITMQ_DIST_PORT: String(ports.distribution),
		ERL_EPMD_PORT: String(ports.epmd),
		ERL_EPMD_ADDRESS: "127.0.0.1",
		RABBITMQ_MNESIA_BASE: `${folder}/mnesia`,
		RABBITMQ_LOG_BASE: `${folder}/log`,
		RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq`,
		RABBITMQ_CONF_ENV_FILE: `${folder}/rabbitmq-env.conf`,
		RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
		RABBITMQ_PID_FILE: `${folder}/rabbitmq.pid`,
		// One scheduler: several that spin while they wait would take the cores of what is tested.
		RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
		// Makes the start script become the server, so that the pid we know is the server's.
		RUNNING_UNDER_SYSTEMD: "true",
	};
}

import { isListening } from "../postgres/port.ts";
import { builtProgram } from "./programs.ts";
import type { Server } from "./server.ts";

/**
 * A server that speaks MongoDB's wire protocol and keeps its documents in memory: no package of Debian's has
 * MongoDB itself. What Stoa keeps there can be rebuilt, so it may be empty after a restart.
 */
export const mongodb: Server = {
	name: "mongodb",
	ports: ["main", "tls"],
	user: "nobody",
	needs: { packages: ["default-jdk-headless", "maven"], built: "mongo-java-server" },
	stopSignal: "SIGTERM",
	startTimeoutMs: 60_000,
	files: () => ({}),
	command: ({ ports, certificates }) => {
		const tls = certificates ? [String(ports.tls), certificates.certificate, certificates.key] : [];
		const jvm = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xmx256m"];
		const classPath = builtProgram("mongo-java-server");
		return { program: "java", args: [...jvm, "-cp", classPath, "MongodbPeer", String(ports.main), ...tls] };
	},
	isReady: async ({ ports, certificates }) =>
		(await isListening(ports.main ?? 0)) && (!certificates || (await isListening(ports.tls ?? 0))),
	url: ({ ports }) => `mongodb://127.0.0.1:${ports.main}`,
	tlsUrl: ({ ports, certificates }) => certificates && `mongodb://localhost:${ports.tls}/?tls=true`,
};

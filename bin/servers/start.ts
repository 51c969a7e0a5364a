import { chownSync, copyFileSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Identity } from "../postgres/identity.ts";
import { withLock } from "../postgres/lock.ts";
import { certificatesIn } from "./certificates.ts";
import { type Instance, kill, pause, runningOn, signal, start, stop } from "./instance.ts";
import { ownerOf } from "./owner.ts";
import { keptPorts } from "./ports.ts";
import { SERVERS } from "./servers.ts";
import type { Certificates, RunningServer, Server, ServerName, StartOptions } from "./server.ts";

const LOCK_TIMEOUT_MS = 180_000;

/**
 * Starts an instance on a folder of its own, or finds it running there. After `kill` the same call brings it back
 * with its ports and its data. The programs must be there: see `install` (bin/servers/install.ts).
 *
 * @throws when it cannot start, with the end of its log
 */
export async function startServer(name: ServerName, options: StartOptions): Promise<RunningServer> {
	const folder = resolve(options.folder);
	mkdirSync(`${folder}/lock`, { recursive: true, mode: 0o700 });
	return withLock(`${folder}/lock`, LOCK_TIMEOUT_MS, async () => {
		const instance = await instanceOn(SERVERS[name], { ...options, folder });
		const { process, reused } = await start(instance);
		const { server, site } = instance;
		return {
			name,
			folder,
			ports: site.ports,
			url: server.url(site),
			tlsUrl: server.tlsUrl(site),
			pid: process.pid,
			reused,
			kill: (signalName) => kill(process, signalName),
			stop: () => stop(instance),
			pause: () => pause(process),
			resume: () => signal(process, "SIGCONT"),
		};
	});
}

/** Ends whatever runs on the folder. @returns whether something did */
export async function stopServer(name: ServerName, options: StartOptions): Promise<boolean> {
	const running = runningOn(options.folder) !== undefined;
	if (running) await stop(await instanceOn(SERVERS[name], options));
	return running;
}

async function instanceOn(server: Server, options: StartOptions): Promise<Instance> {
	const { folder } = options;
	const identity = ownerOf(server.user, folder);
	const ports = options.ports ?? (await keptPorts(`${folder}/ports.json`, server, options.port));
	const certificates = options.certificates && copyInto(folder, options.certificates, identity);
	return { server, identity, site: { folder, ports, certificates } };
}

/** A key is for its server's user alone, so each has a copy. */
function copyInto(folder: string, from: Certificates, identity: Identity | undefined): Certificates {
	const to = certificatesIn(folder);
	for (const which of ["ca", "certificate", "key"] as const) {
		copyFileSync(from[which], to[which]);
		if (identity) chownSync(to[which], identity.uid, identity.gid);
	}
	return to;
}

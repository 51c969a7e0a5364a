import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunningServer, ServerName } from "../../bin/servers/server.ts";
import { startServer } from "../../bin/servers/start.ts";

/** A server that only one test uses, so that it may be killed. */
export interface OwnServer {
	readonly url: string;
	/** Ends it without any chance to finish. */
	kill(): Promise<void>;
	/** Starts it again, with its data and its ports. */
	restart(): Promise<void>;
	/** Stops it and removes its data. */
	remove(): Promise<void>;
}

export async function ownServer(name: ServerName): Promise<OwnServer> {
	const folder = await mkdtemp(join(tmpdir(), `stoa-${name}-`));
	let running: RunningServer = await startServer(name, { folder });
	return {
		url: running.url,
		kill: () => running.kill(),
		restart: async () => {
			running = await startServer(name, { folder });
		},
		remove: async () => {
			await running.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

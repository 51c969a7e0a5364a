import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServers } from "./servers.mjs";

/** What the run stands on. Jest loads this file untransformed, so that Node itself strips the types of what it imports. */
export default async function start() {
	// The database last: where these fail, nobody would stop it.
	await startServers();
	await startDatabase();
}

/** One real PostgreSQL for the run: the server STOA_TEST_DATABASE_URL names, else the embedded one in a folder of its own. */
async function startDatabase() {
	if (process.env.STOA_TEST_DATABASE_URL) return;

	const { startEmbeddedPostgres } = await import("../../bin/postgres/embedded-postgres.ts");
	const folder = await mkdtemp(join(tmpdir(), "stoa-test-"));
	// No test pulls the plug on this server: those of durability start their own.
	const server = await startEmbeddedPostgres({ home: folder, settings: { fsync: "off" } });

	process.env.STOA_TEST_DATABASE_URL = server.url;
	globalThis.stopTestDatabase = async () => {
		await server.stop();
		await rm(folder, { recursive: true, force: true });
	};
	stopWhenInterrupted("SIGINT", 130);
	stopWhenInterrupted("SIGTERM", 143);
}

/** Jest runs no teardown when it is interrupted, and the server would outlive it. */
function stopWhenInterrupted(signal, exitCode) {
	process.once(signal, () => void globalThis.stopTestDatabase().finally(() => process.exit(exitCode)));
}

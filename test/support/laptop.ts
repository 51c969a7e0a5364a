import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStoa } from "../../bin/crash/stoa-process.ts";
import type { StoaProcess } from "../../bin/crash/stoa-process.ts";
import { startEmbeddedPostgres } from "../../bin/postgres/embedded-postgres.ts";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import { ADMIN, freePort } from "./premises.ts";
import type { Premises } from "./premises.ts";

/** A whole Stoa in a process of its own, as `npm start` gives it, with a folder of its own. */
export async function openLaptop(env: NodeJS.ProcessEnv): Promise<Premises> {
	const home = await mkdtemp(join(tmpdir(), "stoa-shop-"));
	const port = await freePort();
	const account = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, DATABASE_URL: "", REDIS_URL: "" };
	let running: StoaProcess | undefined;

	return {
		home,
		gateway: `http://127.0.0.1:${port}`,
		start: async () => (running = await startStoa(home, port, { ...account, USER_SERVICE_PORT: "0", ...env })),
		async kill() {
			await running?.kill();
		},
		stop: async () => (await running?.stop()) ?? null,
		async database(service) {
			const server = await startEmbeddedPostgres({ home: join(home, "postgres") });
			return { url: withDatabase(server.url, `stoa_${service}`), release: () => server.stop() };
		},
		async jwtSecret() {
			const secrets = JSON.parse(await readFile(join(home, "secrets.json"), "utf8")) as { jwtSecret: string };
			return secrets.jwtSecret;
		},
		clear: () => rm(home, { recursive: true, force: true }),
	};
}

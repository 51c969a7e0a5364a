import { ConfigInvalid } from "../../mixins/config.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";
import { migrate } from "../../mixins/sql/migrate.ts";
import { ROOT } from "../laptop/home.ts";
import { STORED } from "../services.ts";
import { declareTopology } from "../topology.ts";

/** Migrates the databases of these services, one after the other. @returns how many migrations ran */
export async function migrateAll(services: readonly string[], log: (line: string) => void): Promise<number> {
	let count = 0;
	for (const service of services) {
		const url = databaseUrl(service, process.env);
		if (url === undefined) throw new ConfigInvalid(["DATABASE_URL: is required; it names the PostgreSQL server"]);
		const folder = `${ROOT}/services/${service}/migrations`;
		count += (await migrate({ url, folder, log: (line) => log(`${service}: ${line}`) })).length;
	}
	return count;
}

export async function run(): Promise<void> {
	const count = await migrateAll(STORED, console.log);
	console.log(count === 0 ? "Every database is at the newest schema." : `${count} migrations ran.`);
	await declareTopology(process.env, console.log);
}

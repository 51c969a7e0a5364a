import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LOOPBACK } from "../../bin/postgres/port.ts";
import { STORED } from "../../bin/services.ts";
import { openMeter } from "../measure/statement-meter.ts";
import { seedStoa } from "../seed/seed.ts";
import { startProcess } from "./server-process.ts";
import type { Side, Site } from "./side.ts";

/** Stoa in one process, as `npm start` runs it, without a limit on requests. */
export async function openLaptop({ home, postgres, log, atEnd }: Site): Promise<Side> {
	log("Filling and starting Stoa on a laptop …");
	const database = { DATABASE_URL: postgres };
	await seedStoa(database);
	await mkdir(join(home, "laptop"));
	const stoa = await startProcess({
		name: "laptop",
		program: ["bin/stoa.ts", "start"],
		env: {
			...database,
			STOA_HOME: join(home, "laptop"),
			RATE_LIMIT_PER_MINUTE: "0",
			USER_SERVICE_PORT: "0",
			NODE_ENV: "production",
		},
		portVariable: "API_GATEWAY_PORT",
		readyPath: "/health/ready",
		logFile: join(home, "laptop.log"),
	});
	atEnd(stoa.stop);
	const meter = await openMeter(
		postgres,
		STORED.map((service) => `stoa_${service}`),
	);
	atEnd(meter.close);
	return { name: "laptop", target: { host: LOOPBACK, port: stoa.port }, processes: [stoa], meter };
}

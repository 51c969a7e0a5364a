import { join } from "node:path";
import { LOOPBACK } from "../../bin/postgres/port.ts";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import { openMeter } from "../measure/statement-meter.ts";
import { seedFloor } from "../seed/seed.ts";
import { execute } from "./database.ts";
import { startProcess } from "./server-process.ts";
import type { Side, Site } from "./side.ts";

const DATABASE = "bench_floor";

/** The least that gives the same answers. */
export async function openFloor({ home, postgres, log, atEnd }: Site): Promise<Side> {
	log("Filling and starting the floor …");
	const url = withDatabase(postgres, DATABASE);
	await execute(postgres, `create database ${DATABASE}`);
	await seedFloor(url);
	const floor = await startProcess({
		name: "floor",
		program: ["bench/floor-server.ts"],
		env: { FLOOR_DATABASE_URL: url, NODE_ENV: "production" },
		portVariable: "FLOOR_PORT",
		readyPath: "/health",
		logFile: join(home, "floor.log"),
	});
	atEnd(floor.stop);
	const meter = await openMeter(postgres, [DATABASE]);
	atEnd(meter.close);
	return { name: "floor", target: { host: LOOPBACK, port: floor.port }, processes: [floor], meter };
}

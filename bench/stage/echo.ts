import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LOOPBACK } from "../../bin/postgres/port.ts";
import type { Answers } from "../echo/echo.ts";
import type { StatementMeter } from "../measure/statement-meter.ts";
import { idOf } from "../seed/shop.ts";
import { startTogether } from "./server-process.ts";
import type { ServerOptions } from "./server-process.ts";
import type { Side, Site } from "./side.ts";

/** It has no database, and nothing follows from its requests. */
const NOTHING: StatementMeter = {
	count: () => Promise.resolve(0),
	list: () => Promise.resolve([]),
	settled: () => Promise.resolve(),
	close: () => Promise.resolve(),
};

/** Moleculer and moleculer-web as they come, over the Redis of the cluster, with answers that Stoa has given. */
export async function openEcho(site: Site): Promise<Side> {
	site.log("Starting the echo …");
	const { url } = await site.server("redis");
	const answersFile = join(site.home, "echo-answers.json");
	await writeFile(answersFile, JSON.stringify(await answersOf(await site.side("laptop"))));
	const process = (name: string, readyPath: string): ServerOptions => ({
		name,
		program: ["bench/echo-node.ts", name],
		env: { ECHO_REDIS_URL: url, ECHO_ANSWERS: answersFile, NODE_ENV: "production" },
		portVariable: "ECHO_PORT",
		readyPath,
		logFile: join(site.home, `echo-${name}.log`),
	});
	const processes = await startTogether([process("gateway", "/products/1"), process("products", "/")]);
	site.atEnd(() => Promise.all(processes.map((each) => each.stop())));
	const [gateway] = processes;
	return { name: "echo", target: { host: LOOPBACK, port: gateway?.port ?? 0 }, processes, meter: NOTHING };
}

async function answersOf({ target: { host, port } }: Side): Promise<Answers> {
	const asked = [`products/${idOf("product", 1)}`, "products?page=1&pageSize=20"].map(async (path) =>
		(await fetch(`http://${host}:${port}/${path}`)).json(),
	);
	const [product, list] = await Promise.all(asked);
	return { product, list };
}

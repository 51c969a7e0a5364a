import { isCluster } from "../../mixins/broker/config.ts";
import { launchInCluster } from "../cluster/launch.ts";
import { launchOnLaptop } from "../laptop/launch.ts";
import { openRepl } from "../repl/open.ts";
import { SERVICES } from "../services.ts";

/** Starts everything in one process and says where things are. */
export async function run(parameters: readonly string[]): Promise<void> {
	const startedMs = performance.now();
	const { broker, lines } = isCluster(process.env) ? await startNode() : await startShop();
	const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);

	console.log(["", `Stoa is ready after ${seconds} s.`, "", ...lines, ""].join("\n"));
	if (parameters.includes("--repl")) openRepl(broker);
}

async function startShop() {
	const { broker, home, database, port, admin } = await launchOnLaptop({ services: [...SERVICES], isSeeded: true });
	const lines = [
		...pagesAt(port),
		`  Admin        ${admin.email}  ${admin.hint}`,
		`  Database     ${database}`,
		`  Data folder  ${home}   (mail/, logs/requests.log)`,
		``,
		`  A tour       npm run tour`,
		`  REPL         npm start -- --repl      then: call orders.get --id <id>`,
		`  Stop         Ctrl+C`,
	];
	return { broker, lines };
}

/** All services as one node of a cluster; their first administrator comes by another command. */
async function startNode() {
	const broker = await launchInCluster([...SERVICES]);
	const lines = [
		...pagesAt(Number(process.env.API_GATEWAY_PORT || 3000)),
		`  Node         ${broker.nodeID}`,
		``,
		`  Admin        bin/stoa seed`,
		`  REPL         npm run repl`,
		`  Stop         Ctrl+C`,
	];
	return { broker, lines };
}

function pagesAt(port: number): string[] {
	const gateway = `http://localhost:${port}`;
	return [`  Gateway      ${gateway}`, `  API docs     ${gateway}/api/docs`, `  Health       ${gateway}/health`];
}

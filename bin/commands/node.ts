import { isCluster } from "../../mixins/broker/config.ts";
import { launchInCluster } from "../cluster/launch.ts";
import { launchOnLaptop } from "../laptop/launch.ts";
import { openRepl } from "../repl/open.ts";
import { serviceNames } from "../services.ts";
import type { ServiceName } from "../services.ts";

/** Starts the services named as parameters or in SERVICES, a comma-separated list. */
export async function run(parameters: readonly string[]): Promise<void> {
	const named = parameters.filter((each) => !each.startsWith("--"));
	const given = named.length > 0 ? named : (process.env.SERVICES ?? "").split(",").filter((each) => each !== "");
	const services = serviceNames(given.map((each) => each.trim()));
	const broker = await launch(services);
	console.log(`Running ${services.join(", ")} as ${broker.nodeID}.`);
	if (parameters.includes("--repl")) openRepl(broker);
}

const launch = async (services: readonly ServiceName[]) =>
	isCluster(process.env) ? launchInCluster(services) : (await launchOnLaptop({ services, isSeeded: false })).broker;

import { launch } from "../launch.ts";
import { serviceNames } from "../services.ts";

/** Starts the services named as parameters or in SERVICES, a comma-separated list. */
export async function run(parameters: readonly string[]): Promise<void> {
	const named = parameters.filter((each) => !each.startsWith("--"));
	const given = named.length > 0 ? named : (process.env.SERVICES ?? "").split(",").filter((each) => each !== "");
	const services = serviceNames(given.map((each) => each.trim()));
	await launch({ services, isSeeded: false, hasRepl: parameters.includes("--repl") });
	console.log(`Running ${services.join(", ")}.`);
}

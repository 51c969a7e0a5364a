import { joinCluster } from "../cluster/join.ts";
import { openRepl } from "../repl/open.ts";

/** Opens the Moleculer REPL on a node of its own in the running cluster. */
export async function run(): Promise<void> {
	const broker = await joinCluster("On a laptop the REPL is in the process: npm start -- --repl");
	openRepl(broker);
}

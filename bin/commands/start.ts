import { launch } from "../launch.ts";
import { SERVICES } from "../services.ts";

/** Starts everything in one process and says where things are. */
export async function run(parameters: readonly string[]): Promise<void> {
	const startedMs = performance.now();
	const hasRepl = parameters.includes("--repl");
	const { home, database, port, admin } = await launch({ services: [...SERVICES], isSeeded: true, hasRepl });
	const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
	const gateway = `http://localhost:${port}`;

	console.log(
		[
			``,
			`Stoa is ready after ${seconds} s.`,
			``,
			`  Gateway      ${gateway}`,
			`  API docs     ${gateway}/api/docs`,
			`  Health       ${gateway}/health`,
			`  Admin        ${admin.email}  ${admin.hint}`,
			`  Database     ${database}`,
			`  Data folder  ${home}   (mail/, logs/requests.log)`,
			``,
			`  A tour       npm run tour`,
			`  REPL         npm start -- --repl      then: call orders.get --id <id>`,
			`  Stop         Ctrl+C`,
			``,
		].join("\n"),
	);
}

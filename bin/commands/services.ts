import { shellLines, stoaEnvironment, testEnvironment } from "../servers/environment.ts";
import { SERVER_NAMES, type ServerName } from "../servers/server.ts";
import { bringDown, bringUp, failuresOf, install, type Outcome, sitesOf, statusOf } from "../servers/shared.ts";

const USAGE = `Usage: bin/stoa services <up|down|status|env|install> [${SERVER_NAMES.join(" | ")}] ...

  up        start the servers of tests and development, all or the named ones
  down      stop them; what they stored stays
  status    say which are up; fails when one is down
  env       print the variables that name them, for a shell: set -a; eval "$(bin/stoa services env)"
  install   put what they need on this machine, and start none`;

const SUBCOMMANDS: Readonly<Record<string, (names: readonly ServerName[]) => Promise<void>>> = {
	up: async (names) => settle(await timed("all", () => bringUp(names, process.env, console.log))),
	down: async (names) => settle(await bringDown(names, process.env, console.log)),
	status,
	env: async () => printEnvironment(),
	install: async (names) => settle(await timed("all", () => install(names, process.env, console.log))),
};

/** Brings the servers of tests and development up and down. @throws when one of them is not as it was asked to be */
export async function run(parameters: readonly string[]): Promise<void> {
	const [name = "", ...rest] = parameters;
	const subcommand = SUBCOMMANDS[name];
	const unknown = rest.filter((each) => !isServerName(each));
	if (!subcommand) throw new Error(USAGE);
	if (unknown.length > 0) throw new Error(`No server is called ${unknown.join(", ")}.\n\n${USAGE}`);
	await subcommand(rest.length > 0 ? rest.filter(isServerName) : SERVER_NAMES);
}

const isServerName = (name: string): name is ServerName => (SERVER_NAMES as readonly string[]).includes(name);

async function status(names: readonly ServerName[]): Promise<void> {
	const states = await statusOf(names, process.env);
	for (const { name, port, up } of states)
		console.log(`${name.padEnd(9)} ${String(port).padEnd(6)}${up ? "up" : "down"}`);
	if (states.some(({ up }) => !up)) process.exitCode = 1;
}

function printEnvironment(): void {
	const sites = sitesOf(process.env);
	console.log(shellLines({ ...stoaEnvironment(sites), ...testEnvironment(sites, SERVER_NAMES) }));
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
	const startedMs = performance.now();
	const result = await work();
	console.log(`${what.padEnd(9)} in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
	return result;
}

function settle(outcomes: readonly Outcome[]): void {
	const failures = failuresOf(outcomes);
	if (failures.length > 0) throw new Error(failures.join("\n"));
}

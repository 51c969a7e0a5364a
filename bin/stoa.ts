import { existsSync } from "node:fs";
import { ConfigInvalid } from "../mixins/config.ts";
import { ROOT } from "./laptop/home.ts";

interface Command {
	readonly summary: string;
	/** Loaded when it is asked for: a command pays for its own imports only. */
	readonly load: () => Promise<{ run(parameters: readonly string[]): Promise<void> }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
	start: {
		summary: "start everything in one process; --repl opens the Moleculer REPL",
		load: () => import("./commands/start.ts"),
	},
	node: {
		summary: "start the named services only, e.g. stoa node orders payments",
		load: () => import("./commands/node.ts"),
	},
	migrate: {
		summary: "bring the database of every service to the newest schema",
		load: () => import("./commands/migrate.ts"),
	},
	tour: {
		summary: "walk the main job over REST against a running server",
		load: () => import("./commands/tour.ts"),
	},
	bench: {
		summary: "measure requests beside a hand-written floor",
		load: () => import("../bench/bench.ts"),
	},
	crash: {
		summary: "kill the process under load again and again, then check every order",
		load: () => import("./commands/crash.ts"),
	},
};

readDotEnv();
const [name = "", ...parameters] = process.argv.slice(2);
const command = COMMANDS[name];

if (command === undefined) {
	const lines = Object.entries(COMMANDS).map(([each, { summary }]) => `  ${each.padEnd(9)}${summary}`);
	console.log(["Usage: bin/stoa <command>", "", ...lines].join("\n"));
	process.exitCode = name === "" || name === "--help" || name === "help" ? 0 : 2;
} else {
	await (await command.load()).run(parameters).catch(fail);
}

/** What the environment says already wins over the file. */
function readDotEnv(): void {
	const path = `${ROOT}/.env`;
	if (existsSync(path)) process.loadEnvFile(path);
}

function fail(error: unknown): void {
	const isExpected = error instanceof ConfigInvalid || !process.env.DEBUG;
	console.error(isExpected ? (error as Error).message : error);
	process.exitCode = 1;
}

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
	repl: {
		summary: "join the running cluster with the Moleculer REPL and no services",
		load: () => import("./commands/repl.ts"),
	},
	seed: {
		summary: "make the administrator of a cluster; --demo adds a demo catalogue",
		load: () => import("./commands/seed.ts"),
	},
	keys: {
		summary: "print the key of each service, derived from JWT_SECRET, as lines of an env file",
		load: () => import("./commands/keys.ts"),
	},
	migrate: {
		summary: "bring the database of every service to the newest schema",
		load: () => import("./commands/migrate.ts"),
	},
	rebuild: {
		summary: "build a projection anew from the truth and compare: stoa rebuild catalogue, orders",
		load: () => import("./commands/rebuild.ts"),
	},
	tour: {
		summary: "walk the main job over REST against a running server",
		load: () => import("./commands/tour.ts"),
	},
	bench: {
		summary: "measure requests beside a hand-written floor",
		load: () => import("../bench/bench.ts"),
	},
	"bench:catalogue": {
		summary: "measure lists and searches of a million products",
		load: () => import("../bench/catalogue.ts"),
	},
	secrets: {
		summary: "print new secrets for a cluster, as lines of an env file",
		load: () => import("./commands/secrets.ts"),
	},
	healthy: {
		summary: "ask the node of this container whether it lives",
		load: () => import("./commands/healthy.ts"),
	},
	provider: {
		summary: "run the test payment provider as a server, for several payments nodes",
		load: () => import("./commands/provider.ts"),
	},
	services: {
		summary: "bring the servers of tests and development up or down",
		load: () => import("./commands/services.ts"),
	},
	crash: {
		summary: "kill the process under load again and again, then check every order",
		load: () => import("./commands/crash.ts"),
	},
	chaos: {
		summary: "break a whole cluster under load, then check every order, cent and fact",
		load: () => import("./commands/chaos.ts"),
	},
};

readDotEnv();
const [name = "", ...parameters] = process.argv.slice(2);
const command = COMMANDS[name];

if (command === undefined) {
	const lines = Object.entries(COMMANDS).map(([each, { summary }]) => `  ${each.padEnd(17)}${summary}`);
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

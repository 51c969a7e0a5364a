import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { servicesHome } from "./home.ts";
import { run } from "./run.ts";
import type { Needs } from "./server.ts";

export type BuiltName = NonNullable<Needs["built"]>;

interface Built {
	readonly version: string;
	/** What a server starts, inside the folder of the build. */
	readonly product: (folder: string) => string;
	readonly build: (folder: string) => Promise<void>;
}

const NATS_VERSION = "2.12.3";
const peer = fileURLToPath(new URL("mongo-java-server", import.meta.url));

const BUILT: Readonly<Record<BuiltName, Built>> = {
	"nats-server": {
		version: NATS_VERSION,
		product: (folder) => `${folder}/nats-server`,
		build: (folder) =>
			run("go", ["install", `github.com/nats-io/nats-server/v2@v${NATS_VERSION}`], { ...process.env, GOBIN: folder }),
	},
	"mongo-java-server": {
		version: "1.47.0",
		product: (folder) => `${folder}/classes:${folder}/lib/*`,
		build: async (folder) => {
			await cp(peer, folder, { recursive: true });
			const quietly = ["-q", "-B", "-Dstyle.color=never", "-f", `${folder}/pom.xml`];
			await run("mvn", [...quietly, "dependency:copy-dependencies", `-DoutputDirectory=${folder}/lib`]);
			const classes = `${folder}/classes`;
			await run("javac", ["-d", classes, "-cp", `${folder}/lib/*`, `${folder}/MongodbPeer.java`]);
		},
	},
};

/** What a server starts: the path of a program, or a class path. */
export function builtProgram(name: BuiltName): string {
	return BUILT[name].product(folderOf(name));
}

export const isBuilt = (name: BuiltName): boolean => existsSync(folderOf(name));

/**
 * Builds a program from its published source, once for each version.
 *
 * @throws when the tools are missing or the build fails
 */
export async function build(name: BuiltName): Promise<void> {
	if (isBuilt(name)) return;
	const folder = folderOf(name);
	const draft = `${folder}.draft`;
	await rm(draft, { recursive: true, force: true });
	await mkdir(draft, { recursive: true });
	await BUILT[name].build(draft);
	// Whole or not at all: an interrupted build is no program.
	await rename(draft, folder);
}

function folderOf(name: BuiltName): string {
	return `${servicesHome(process.env)}/programs/${name}-${BUILT[name].version}`;
}

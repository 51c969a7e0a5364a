import { mkdirSync } from "node:fs";
import { withLock } from "../postgres/lock.ts";
import { installPackages, missingPackages, requireRootFor } from "./packages.ts";
import { build, type BuiltName, isBuilt } from "./programs.ts";
import type { Server } from "./server.ts";

/** An installation may have to wait for another process's, and that one for all packages. */
const LOCK_TIMEOUT_MS = 900_000;

/**
 * Puts on the machine what the servers need: all missing packages at once, each program once. The answer installs for
 * one server, and throws for that one alone when something it needs is not to be had.
 */
export function installerFor(
	servers: readonly Server[],
	home: string,
	report: (line: string) => void,
): (server: Server) => Promise<void> {
	const missing = missingPackages(servers);
	const alone = <T>(work: () => Promise<T>) => withLock(lockIn(home), LOCK_TIMEOUT_MS, work);
	const timed = async (what: string, work: () => Promise<void>) => {
		report(`${what} ...`);
		const startedMs = performance.now();
		await work();
		report(`${what}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
	};
	const packages = once(async () => {
		requireRootFor(missing);
		await alone(() => timed(`installing ${missing.join(" ")}`, () => installPackages(missing)));
	});
	const programs: Record<BuiltName, () => Promise<void>> = {
		"nats-server": once(() => timed("building nats-server", () => build("nats-server"))),
		"mongo-java-server": once(() => timed("building mongo-java-server", () => build("mongo-java-server"))),
	};
	return async ({ needs }) => {
		if (missingPackages([{ needs }]).length > 0) await packages();
		if (needs.built && !isBuilt(needs.built)) await programs[needs.built]();
	};
}

/** The folder of locks in the home of the servers. */
export function lockIn(home: string): string {
	mkdirSync(`${home}/lock`, { recursive: true, mode: 0o755 });
	return `${home}/lock`;
}

function once(work: () => Promise<void>): () => Promise<void> {
	let done: Promise<void> | undefined;
	return () => (done ??= work());
}

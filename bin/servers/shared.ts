import { isListening } from "../postgres/port.ts";
import { withLock } from "../postgres/lock.ts";
import { certificatesIn, makeCertificates } from "./certificates.ts";
import { composeStop, composeUp, hasEngine } from "./compose.ts";
import type { Sites } from "./environment.ts";
import { servicesHome } from "./home.ts";
import { installerFor, lockIn } from "./installer.ts";
import { portsFrom } from "./ports.ts";
import { SERVERS } from "./servers.ts";
import { type Certificates, SERVER_NAMES, type ServerName } from "./server.ts";
import { startServer, stopServer } from "./start.ts";

/** How one of several servers fared. */
export interface Outcome {
	readonly name: ServerName;
	/** Why it is not as it was asked to be; undefined when it is. */
	readonly failure: string | undefined;
}

export type Report = (line: string) => void;

const CERTIFICATES_TIMEOUT_MS = 30_000;

/** Where the shared servers are, whether they run or not. */
export function sitesOf(env: NodeJS.ProcessEnv): Sites {
	const home = servicesHome(env);
	const ports = portsFrom(env, Object.values(SERVERS));
	const certificates = certificatesIn(certificatesFolder(home));
	const site = (name: ServerName) => ({ folder: `${home}/${name}`, ports: ports.get(name) ?? {}, certificates });
	return Object.fromEntries(SERVER_NAMES.map((name) => [name, site(name)])) as unknown as Sites;
}

/** Puts what the servers need on the machine, and starts none. */
export async function install(
	names: readonly ServerName[],
	env: NodeJS.ProcessEnv,
	report: Report,
): Promise<Outcome[]> {
	const installed = installerFor(
		names.map((name) => SERVERS[name]),
		servicesHome(env),
		report,
	);
	return each(names, (name) => installed(SERVERS[name]));
}

/**
 * Brings the shared servers up, side by side: in containers where an engine runs, else as programs of this machine,
 * which are installed first where they are missing. One that runs already is left as it is.
 */
export async function bringUp(
	names: readonly ServerName[],
	env: NodeJS.ProcessEnv,
	report: Report,
): Promise<Outcome[]> {
	const sites = sitesOf(env);
	const home = servicesHome(env);
	if (hasEngine()) {
		await certificatesOf(home);
		return together(names, () => composeUp(names, sites));
	}
	const installed = installerFor(
		names.map((name) => SERVERS[name]),
		home,
		report,
	);
	return each(names, async (name) => {
		await installed(SERVERS[name]);
		const certificates = await certificatesOf(home);
		const startedMs = performance.now();
		const { reused } = await startServer(name, { ...sites[name], certificates });
		report(`${name.padEnd(9)} ${reused ? "is up" : `up in ${Math.round(performance.now() - startedMs)} ms`}`);
	});
}

/** Ends the shared servers. What they stored stays. */
export async function bringDown(
	names: readonly ServerName[],
	env: NodeJS.ProcessEnv,
	report: Report,
): Promise<Outcome[]> {
	const sites = sitesOf(env);
	if (hasEngine()) return together(names, () => composeStop(names, sites));
	return each(names, async (name) => {
		const startedMs = performance.now();
		const ran = await stopServer(name, sites[name]);
		report(`${name.padEnd(9)} ${ran ? `down in ${Math.round(performance.now() - startedMs)} ms` : "was not up"}`);
	});
}

/** Which of the shared servers take connections. */
export async function statusOf(
	names: readonly ServerName[],
	env: NodeJS.ProcessEnv,
): Promise<{ name: ServerName; port: number; up: boolean }[]> {
	const sites = sitesOf(env);
	return Promise.all(
		names.map(async (name) => {
			const port = sites[name].ports.main ?? 0;
			return { name, port, up: await isListening(port) };
		}),
	);
}

/** Why servers are not as they were asked to be; those that fail for the same reason share a line. */
export function failuresOf(outcomes: readonly Outcome[]): string[] {
	const failed = outcomes.filter(({ failure }) => failure !== undefined);
	const byReason = Map.groupBy(failed, ({ failure }) => failure);
	return [...byReason].map(([reason, each]) => `${each.map(({ name }) => name).join(", ")}: ${reason}`);
}

const certificatesFolder = (home: string): string => `${home}/certificates`;

const certificatesOf = (home: string): Promise<Certificates> =>
	withLock(lockIn(home), CERTIFICATES_TIMEOUT_MS, () => makeCertificates(certificatesFolder(home)));

/** One that fails does not keep the others from their work. */
const each = (names: readonly ServerName[], work: (name: ServerName) => Promise<void>): Promise<Outcome[]> =>
	Promise.all(names.map(async (name) => ({ name, failure: await failureOf(() => work(name)) })));

async function together(names: readonly ServerName[], work: () => Promise<void>): Promise<Outcome[]> {
	const failure = await failureOf(work);
	return names.map((name) => ({ name, failure }));
}

async function failureOf(work: () => Promise<void>): Promise<string | undefined> {
	try {
		await work();
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "./run.ts";
import type { Server } from "./server.ts";

const POLICY = "/usr/sbin/policy-rc.d";
const NO_MAIN_CLUSTER = "/etc/postgresql-common/createcluster.d/stoa.conf";
const UPDATE_AGAIN_AFTER_MS = 3_000;
const QUIET = [
	"-y",
	"-qq",
	"--no-install-recommends",
	"-o",
	"DPkg::Lock::Timeout=300",
	"-o",
	"Dpkg::Options::=--force-confold",
];

/** The Debian packages that the servers need and the machine lacks. @throws where there is no dpkg to ask */
export function missingPackages(servers: readonly Pick<Server, "needs">[]): string[] {
	const needed = [...new Set([...servers.flatMap(({ needs }) => needs.packages), "openssl"])];
	const asked = spawnSync("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", ...needed], {
		encoding: "utf8",
	});
	if (asked.error)
		throw new Error(
			"This machine has neither a container engine (docker info fails) nor Debian's packages, " +
				"and the servers come from one or the other. Start the engine, and try again.",
		);
	const installed = new Set(asked.stdout.split("\n"));
	return needed.filter((name) => !installed.has(`${name} installed`));
}

/** @throws with the command for root, unless we are root */
export function requireRootFor(packages: readonly string[]): void {
	if (process.getuid?.() === 0) return;
	throw new Error(`Not installed: ${packages.join(", ")}. Root installs them: sudo bin/stoa services install`);
}

/**
 * Installs Debian packages as root; none of them starts a service of its own.
 *
 * @throws when apt-get fails, with the end of what it printed
 */
export async function installPackages(packages: readonly string[]): Promise<void> {
	await keepingServicesDown(async () => {
		await run("apt-get", ["update", "-qq"]).catch(async () => {
			// The first request of a fresh machine fails now and then.
			await sleep(UPDATE_AGAIN_AFTER_MS);
			await run("apt-get", ["update", "-qq"]);
		});
		await run("apt-get", ["install", ...QUIET, ...packages], { ...process.env, DEBIAN_FRONTEND: "noninteractive" });
	});
}

async function keepingServicesDown(install: () => Promise<void>): Promise<void> {
	// Debian's PostgreSQL would make and start a cluster on port 5432.
	mkdirSync("/etc/postgresql-common/createcluster.d", { recursive: true });
	writeFileSync(NO_MAIN_CLUSTER, "create_main_cluster = false\n");
	const ours = !existsSync(POLICY);
	if (ours) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
	try {
		await install();
	} finally {
		if (ours) rmSync(POLICY, { force: true });
	}
}

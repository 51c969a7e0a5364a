import { Session } from "node:inspector/promises";

/**
 * Loaded into a measured server before its own code (`--import`): answers over IPC what the process has used, and
 * profiles it between two messages, so that a profile holds the load and nothing of the start.
 */
export type Ask = "usage" | "startProfile" | "stopProfile";

/** Processor time of the process so far, its worker threads included. */
export interface Usage {
	readonly cpuMs: number;
}

const session = new Session();

const answers: Readonly<Record<Ask, () => Promise<unknown>>> = {
	usage: () => Promise.resolve(usage()),
	startProfile: async () => {
		session.connect();
		await session.post("Profiler.enable");
		await session.post("Profiler.setSamplingInterval", { interval: 500 });
		await session.post("Profiler.start");
	},
	stopProfile: async () => (await session.post("Profiler.stop")).profile,
};

function usage(): Usage {
	const { userCPUTime, systemCPUTime } = process.resourceUsage();
	return { cpuMs: (userCPUTime + systemCPUTime) / 1_000 };
}

process.on("message", (ask: Ask) => void answers[ask]().then((answer) => process.send?.(answer ?? null)));
// Whoever measures is gone: nobody would stop this server.
process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();

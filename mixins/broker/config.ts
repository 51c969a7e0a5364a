import { z } from "zod";
import { readConfig } from "../config.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"] as const;

const Schema = z.object({
	/** Set, this node is one of a cluster; unset, everything is in this process. */
	REDIS_URL: z
		.url({ protocol: /^rediss?$/, error: "is a URL such as redis://host:6379 or rediss://host:6379" })
		.optional(),
	/** Keeps several Stoas on the same servers apart. */
	STOA_NAMESPACE: z
		.string()
		.regex(/^[a-z][a-z0-9-]{0,39}$/, "has 1 to 40 lower-case letters, digits and hyphens, a letter first")
		.default("stoa"),
	/** `off` measures nothing. */
	METRICS: z.enum(["on", "off"], "is on or off").default("on"),
	LOG_LEVEL: z.enum(LOG_LEVELS, `is one of ${LOG_LEVELS.join(", ")}`).default("warn"),
});

/** What the broker of this node needs to know. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env) {
	const { REDIS_URL, STOA_NAMESPACE, LOG_LEVEL, METRICS } = readConfig(Schema, env);
	return { redisUrl: REDIS_URL, namespace: STOA_NAMESPACE, logLevel: LOG_LEVEL, hasMetrics: METRICS === "on" };
}

/** Whether the environment asks for the cluster shape. */
export const isCluster = (env: NodeJS.ProcessEnv): boolean => Boolean(env.REDIS_URL);

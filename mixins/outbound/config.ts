import { z } from "zod";
import { isCluster } from "../broker/config.ts";
import { readConfig } from "../config.ts";
import type { OutboundRules } from "./rules.ts";

const Schema = z.object({
	/** Receivers in the own network, or on another port than 443. */
	OUTBOUND_ALLOWED_ORIGINS: z
		.string()
		.default("")
		.transform((list) => list.split(",").flatMap((origin) => origin.trim() || []))
		.refine((origins) => origins.every(isSecureOrigin), {
			message: "is a comma list of https origins such as https://erp.internal:8443, without a path",
		}),
});

/** Where requests to addresses that outsiders gave may go. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env): OutboundRules {
	const { OUTBOUND_ALLOWED_ORIGINS: origins } = readConfig(Schema, env);
	return { isLoopbackOpen: !isCluster(env), allowedOrigins: new Set(origins) };
}

const isSecureOrigin = (given: string): boolean =>
	URL.canParse(given) && new URL(given).origin === given && given.startsWith("https://");

import { config } from "../../services/node/config.ts";
import { serviceNames } from "../services.ts";

const TIMEOUT_MS = 2_500;

/** Asks the node of this machine whether it lives, as a container's health check; exits with 1 when it does not. */
export async function run(): Promise<void> {
	const [first = ""] = serviceNames((process.env.SERVICES ?? "").split(",").map((name) => name.trim()));
	const url = `http://127.0.0.1:${config().portOf(first).port}/health/live`;
	const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
	if (!ok) throw new Error(`${url} answered ${status}.`);
}

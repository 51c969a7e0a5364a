import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

/**
 * The name of this process in the registry. A restarted node is another one: calls that were sent to its
 * predecessor and lie in Redis still are never taken for its own.
 *
 * @param services what runs here, or the command that joins, e.g. `repl`
 */
export function nodeId(services: readonly string[]): string {
	const host = hostname().replaceAll(/[^A-Za-z0-9-]/g, "-");
	return `${services.join("+") || "node"}-${host}-${randomBytes(3).toString("hex")}`;
}

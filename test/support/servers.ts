import { describe } from "@jest/globals";
import type { ServerName } from "../../bin/servers/server.ts";
import { CA_VARIABLE, TEST_VARIABLES } from "../../bin/servers/test-variables.ts";

/**
 * A `describe` that needs servers of the test run. Where one could not start its tests are skipped, and the run has
 * said so at its start.
 *
 * @throws where CI is true: there nothing may be skipped
 */
export function describeWith(names: readonly ServerName[], title: string, tests: () => void): void {
	const absent = absentOf(names, process.env);
	if (absent.length > 0 && process.env.CI === "true")
		throw new Error(`"${title}" needs ${absent.join(", ")}, and with CI=true no test is skipped. ${START_THEM}`);
	(absent.length > 0 ? describe.skip : describe)(title, tests);
}

/** The named servers that the run has not. */
export const absentOf = (names: readonly ServerName[], env: NodeJS.ProcessEnv): ServerName[] =>
	names.filter((name) => Object.values(TEST_VARIABLES[name]).some((variable) => !env[variable]));

/** Where the server is, in plain text. @throws when the run has none */
export const urlOf = (name: Exclude<ServerName, "nats-tls">): string => required(TEST_VARIABLES[name].url ?? "");

/** Where the server is over TLS; its certificate is signed by the CA of `caFile`. @throws when the run has none */
export const tlsUrlOf = (name: Exclude<ServerName, "nats">): string => required(TEST_VARIABLES[name].tlsUrl ?? "");

/** For NODE_EXTRA_CA_CERTS, or a client's own option. @throws when no server is up */
export const caFile = (): string => required(CA_VARIABLE);

const START_THEM = "Start them: bin/stoa services up.";

function required(variable: string): string {
	const value = process.env[variable];
	if (!value) throw new Error(`${variable} is not set: run this test through npm test. ${START_THEM}`);
	return value;
}

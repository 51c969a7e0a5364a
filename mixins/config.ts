import type { z } from "zod";

/** What is wrong with the environment: every problem of a service, each with the variable's name. */
export class ConfigInvalid extends Error {
	readonly problems: readonly string[];

	constructor(problems: readonly string[]) {
		super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
		this.name = "ConfigInvalid";
		this.problems = problems;
	}
}

/**
 * Reads the environment of one service. An empty variable counts as absent, as in compose files.
 *
 * @throws ConfigInvalid with every problem at once
 */
export function readConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv): z.output<S> {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
	const parsed = schema.safeParse(given);
	if (parsed.success) return parsed.data;
	throw new ConfigInvalid(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`));
}

/** Runs every reader and reports the problems of all of them together. */
export function readAll(readers: readonly (() => unknown)[]): void {
	const problems = readers.flatMap(problemsOf);
	if (problems.length > 0) throw new ConfigInvalid([...new Set(problems)]);
}

function problemsOf(read: () => unknown): readonly string[] {
	try {
		read();
		return [];
	} catch (error) {
		if (error instanceof ConfigInvalid) return error.problems;
		throw error;
	}
}

import { globSync, readFileSync } from "node:fs";

const read = (path: string): string => readFileSync(path, "utf8");

/** Every variable that .env.example lists. */
export const LISTED: ReadonlySet<string> = new Set(
	[...read(".env.example").matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name = ""]) => name),
);

/** What every node reads, whichever services it has; the ports of its pages are left out, since probes count on them. */
const OF_EVERY_NODE = ["mixins/broker/config.ts", "mixins/events/choose-bus.ts", "mixins/integrity/config.ts"];

/** The variables that a node with this service reads: those of .env.example that its configuration names. */
export function variablesOf(service: string): string[] {
	const own = read(`services/${service}/config.ts`);
	const shared = [...own.matchAll(/from "\.\.\/\.\.\/(mixins\/[\w/-]+\/config\.ts)"/g)].map(([, path = ""]) => path);
	const texts = [own, ...[...OF_EVERY_NODE, ...shared].map(read)];
	const named = texts.flatMap((text) => text.match(/\b[A-Z][A-Z0-9_]{3,}\b/g) ?? []);
	return [...new Set(named)].filter((name) => LISTED.has(name)).sort();
}

const SOURCES = globSync(["{bin,mixins,services}/**/*.ts", "moleculer.config.ts"], {
	exclude: ["**/*.spec.ts", "**/*.fixture.ts"],
});

/** A field of a schema of the environment, a property of the environment, and what is taken out of it by name. */
const FIELD = /^\s*([A-Z][A-Z0-9_]+): (?:z\b|port\(|list\()/gm;
const PROPERTY = /\benv\.([A-Z][A-Z0-9_]+)\b/g;
const TAKEN = /\{([^{}]*)\}(?:: NodeJS\.ProcessEnv| = (?:process\.)?env;)/g;

/** Every variable that the sources read by its name. */
export function variablesRead(): string[] {
	return [...new Set(SOURCES.map(read).flatMap(readIn))].sort();
}

function readIn(text: string): string[] {
	const named = [...(text.includes("readConfig(") ? text.matchAll(FIELD) : []), ...text.matchAll(PROPERTY)];
	const taken = [...text.matchAll(TAKEN)].flatMap(([, names = ""]) => names.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []);
	return [...named.map(([, name = ""]) => name), ...taken];
}

import Handlebars from "handlebars";
import { LRUCache } from "lru-cache";
import type { Source, Written } from "./template.ts";

/** A template names a variable that was not given. */
export class VariableMissing extends Error {
	readonly variable: string;

	constructor(variable: string) {
		super(`The variable ${variable} was not given.`);
		this.name = "VariableMissing";
		this.variable = variable;
	}
}

/** The only three there are: no template calls anything else. */
export const HELPERS = ["if", "unless", "each"] as const;

const engine = Handlebars.create();
for (const name of ["lookup", "log", "with"]) engine.unregisterHelper(name);

const options = {
	strict: true,
	knownHelpersOnly: true,
	knownHelpers: Object.fromEntries(HELPERS.map((name) => [name, true])),
};

type Compiled = (variables: unknown) => string;

/** By their text: a version never changes, and the same text is the same template. */
const compiled = new LRUCache<string, Compiled>({
	maxSize: 20_000_000,
	sizeCalculation: (_, source) => source.length + 1_000,
});

function compile(source: string, noEscape: boolean): Compiled {
	const key = `${noEscape}\n${source}`;
	const known = compiled.get(key);
	if (known !== undefined) return known;
	const made: Compiled = engine.compile(source, { ...options, noEscape });
	compiled.set(key, made);
	return made;
}

/**
 * Fills in a template. In HTML every value is escaped: whatever a customer has typed cannot become markup.
 *
 * @throws VariableMissing
 */
export function write({ subject, text, html, short }: Source, given: Readonly<Record<string, unknown>>): Written {
	const variables = bare(given);
	const line = (source: string) => filled(source, variables, true).replace(/\s+/g, " ").trim();
	const body = filled(text, variables, true);
	const title = line(subject);
	return {
		subject: title,
		text: `${body}\n`,
		html: html === null ? htmlOf(body) : filled(html, variables, false),
		short: short === null ? title : line(short),
	};
}

const MISSING = /^"([^"]*)" not defined in /;

function filled(source: string, variables: unknown, noEscape: boolean): string {
	try {
		return compile(source, noEscape)(variables);
	} catch (error) {
		const [, variable] = MISSING.exec((error as Error).message) ?? [];
		throw variable === undefined ? error : new VariableMissing(variable);
	}
}

/** What objects of variables inherit: nothing but what Handlebars needs to tell that something is missing in them. */
const NOTHING: object = Object.assign(Object.create(null) as object, { [Symbol.toPrimitive]: () => "the variables" });

/** A copy of data without prototypes, so that no template can reach what the language put there. */
function bare(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(bare);
	if (typeof value !== "object" || value === null) return value;
	const entries = Object.entries(value).map(([name, inner]) => [name, bare(inner)]);
	return Object.assign(Object.create(NOTHING) as object, Object.fromEntries(entries));
}

const htmlOf = (text: string): string =>
	`<!doctype html>\n<html><body>\n${text
		.split(/\n{2,}/)
		.map(paragraph)
		.join("\n")}\n</body></html>\n`;

const paragraph = (text: string): string => `<p>${escapeHtml(text).replaceAll("\n", "<br>\n")}</p>`;

const ENTITIES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

import Handlebars from "handlebars";
import { HELPERS } from "./engine.ts";

/** What a template turns out to contain. */
export interface Contents {
	/** The variables it names, outside of lists. */
	readonly variables: ReadonlySet<string>;
	/** What it must not contain, in words for its author. */
	readonly problems: readonly string[];
}

interface Found {
	readonly variables: Set<string>;
	readonly problems: string[];
}

const NAME = /^[A-Za-z][A-Za-z0-9]*$/;

/**
 * Reads a template without running it. Allowed are variables, `#if`, `#unless` and `#each`; nothing that calls,
 * includes, leaves its place, or writes without escaping.
 */
export function contentsOf(source: string): Contents {
	const found: Found = { variables: new Set(), problems: [] };
	try {
		inspectAll(Handlebars.parse(source).body, false, found);
	} catch (error) {
		found.problems.push((error as Error).message.replace(/\s+/g, " ").slice(0, 200));
	}
	return found;
}

function inspectAll(statements: readonly hbs.AST.Statement[], isInList: boolean, found: Found): void {
	for (const statement of statements) inspect(statement, isInList, found);
}

function inspect(statement: hbs.AST.Statement, isInList: boolean, found: Found): void {
	switch (statement.type) {
		case "ContentStatement":
		case "CommentStatement":
			return;
		case "MustacheStatement":
			inspectVariable(statement as hbs.AST.MustacheStatement, isInList, found);
			return;
		case "BlockStatement":
			inspectBlock(statement as hbs.AST.BlockStatement, isInList, found);
			return;
		default:
			found.problems.push(`{{${lineOf(statement)}}} is not allowed: use variables, #if, #unless and #each`);
	}
}

function inspectVariable(statement: hbs.AST.MustacheStatement, isInList: boolean, found: Found): void {
	const isCall = statement.params.length > 0 || (statement.hash as unknown) !== undefined;
	if (isCall) found.problems.push(`{{${nameOf(statement.path)} …}} calls something: only variables stand alone`);
	else if (isRaw(statement)) found.problems.push(`{{{${nameOf(statement.path)}}}} is not escaped: write two braces`);
	else inspectPath(statement.path, isInList, found);
}

/** Typed by Handlebars as if it were always escaped. */
const isRaw = ({ escaped }: { escaped: unknown }): boolean => escaped === false;

function inspectBlock(block: hbs.AST.BlockStatement, isInList: boolean, found: Found): void {
	const name = nameOf(block.path);
	const [subject, ...more] = block.params;
	const isKnown = (HELPERS as readonly string[]).includes(name);
	if (!isKnown || subject === undefined || more.length > 0 || (block.hash as unknown) !== undefined) {
		found.problems.push(`{{#${name}}} is not allowed so: use #if, #unless or #each with one variable`);
		return;
	}
	inspectPath(subject, isInList, found);
	for (const part of [block.program, block.inverse as hbs.AST.Program | undefined]) {
		if (part?.blockParams !== undefined) found.problems.push(`{{#${name} … as |…|}} is not allowed: use {{this}}`);
		inspectAll(part?.body ?? [], isInList || (name === "each" && part === block.program), found);
	}
}

function inspectPath(expression: hbs.AST.Expression, isInList: boolean, found: Found): void {
	const parts = partsOf(expression);
	if (parts === undefined || (parts.length === 0 && !isInList)) {
		found.problems.push(`{{${nameOf(expression)}}} is not allowed: name a variable by letters and digits`);
		return;
	}
	const [variable] = parts;
	if (!isInList && variable !== undefined) found.variables.add(variable);
}

/** The names of a plain path, none for `this`; undefined for anything else. */
function partsOf(expression: hbs.AST.Expression): readonly string[] | undefined {
	if (expression.type !== "PathExpression") return undefined;
	const { data, depth, parts } = expression as hbs.AST.PathExpression;
	return !data && depth === 0 && parts.every((part) => NAME.test(part)) ? parts : undefined;
}

const nameOf = (expression: object): string =>
	"original" in expression && typeof expression.original === "string" ? expression.original : "…";
const lineOf = ({ type, loc }: hbs.AST.Node): string => `${type} in line ${loc.start.line}`;

import { ValidationFailed } from "../../contracts/errors.ts";
import type { FieldProblem } from "../../contracts/errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Where parameters stand besides the path: GET has a query, POST and PUT a body; DELETE, and bodies that are files, either. */
export type Place = "query" | "body" | "either";

/** The three places of a request where parameters stand. */
export interface Given {
	readonly path: Readonly<Record<string, string>>;
	readonly query: Fields;
	readonly body: Fields;
	/** Names that no client may use. */
	readonly reserved?: readonly string[];
}

/** Objects and arrays nest at most this deep in a body. */
export const MAX_DEPTH = 32;

/**
 * The parameters of an action. Each field has one place, so nothing can be smuggled in by a second one:
 * path parameters only from the path, the rest from the query, the body, or either.
 *
 * @throws ValidationFailed naming each field that stands in the wrong place or in two
 */
export function paramsOf(place: Place, { path, query, body, reserved = [] }: Given): Fields {
	const misplaced = place === "body" ? Object.keys(query) : [];
	const repeated = [...Object.keys(query), ...Object.keys(body)].filter((name) => Object.hasOwn(path, name));
	const doubled = Object.keys(query).filter((name) => Object.hasOwn(body, name));

	const forbidden = ["__proto__", ...reserved].filter((name) => Object.hasOwn(query, name));

	const unknown = new Set([...misplaced, ...repeated, ...doubled, ...forbidden]);
	if (unknown.size > 0) throw new ValidationFailed({ errors: [...unknown].map(unknownField) });
	return { ...query, ...body, ...path };
}

const unknownField = (path: string): FieldProblem => ({ path, message: "is not a known field here" });

/** @throws ValidationFailed when a body is not one object, or nests too deep */
export function requireObject(body: unknown): Fields {
	if (typeof body !== "object" || body === null || Array.isArray(body)) throw refused("must be one JSON object");
	if (isDeeper(body, MAX_DEPTH)) throw refused(`must not nest deeper than ${MAX_DEPTH} levels`);
	return body as Fields;
}

const refused = (message: string) => new ValidationFailed({ errors: [{ path: "", message }] });

function isDeeper(value: unknown, levels: number): boolean {
	if (typeof value !== "object" || value === null) return false;
	return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

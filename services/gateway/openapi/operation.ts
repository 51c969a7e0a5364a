import type { ActionContract } from "../../contracts/action.ts";
import { PreconditionFailed } from "../../contracts/errors.ts";
import type { PublishedAction } from "../gateway.context.ts";
import { responsesOf } from "./responses.ts";
import { inputSchema } from "./schemas.ts";
import type { JsonSchema } from "./schemas.ts";

/** One `rest` line of an action. */
export interface RestLine {
	readonly method: string;
	/** `/orders/:id` */
	readonly path: string;
}

interface Fields {
	readonly properties: Readonly<Record<string, JsonSchema>>;
	readonly required: readonly string[];
}

export const restLine = (rest: string): RestLine => {
	const [method = "GET", path = "/"] = rest.split(" ");
	return { method, path: path.length > 1 ? path.replace(/\/$/, "") : path };
};

/** The description of one operation, from its contract and its publication. */
export function operation(contract: ActionContract, action: PublishedAction, { method, path }: RestLine) {
	const { inPath, elsewhere } = split(inputSchema(contract.params), path);
	const hasBody = method === "POST" || method === "PUT";
	const parameters = [
		...parametersOf("path", inPath),
		...(hasBody ? [] : parametersOf("query", elsewhere)),
		...headersOf(contract, action, method),
	];
	const responses: object = responsesOf(contract, action, method);
	return {
		operationId: operationId(contract.name, method, path),
		summary: contract.summary,
		tags: [tagOf(contract.name)],
		...(parameters.length > 0 && { parameters }),
		...(hasBody && bodyOf(elsewhere)),
		responses,
		security: action.policy === "open" ? [] : [{ bearer: [] }],
		"x-policy": action.policy,
	};
}

export const tagOf = (actionName: string): string => actionName.slice(0, actionName.indexOf("."));

/** Two paths of one action are two operations, which clients generate as two functions. */
function operationId(name: string, method: string, path: string): string {
	return [name, method.toLowerCase(), ...path.split(/[^A-Za-z0-9]+/).filter(Boolean)].join("_").replaceAll(".", "_");
}

function split({ properties = {}, required = [] }: JsonSchema, path: string) {
	const fields = { properties, required } as Fields;
	const isInPath = (name: string) => path.split("/").includes(`:${name}`);
	return { inPath: select(fields, isInPath), elsewhere: select(fields, (name) => !isInPath(name)) };
}

function select({ properties, required }: Fields, isWanted: (name: string) => boolean): Fields {
	return {
		properties: Object.fromEntries(Object.entries(properties).filter(([name]) => isWanted(name))),
		required: required.filter(isWanted),
	};
}

function parametersOf(place: "path" | "query", { properties, required }: Fields) {
	return Object.entries(properties).map(([name, schema]) => ({
		name,
		in: place,
		required: place === "path" || required.includes(name),
		schema,
	}));
}

function headersOf({ errors }: ActionContract, { idempotent }: PublishedAction, method: string) {
	const isVersioned = (method === "PUT" || method === "DELETE") && errors.includes(PreconditionFailed);
	return [
		...(idempotent === true ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
		...(isVersioned ? [{ $ref: "#/components/parameters/IfMatch" }] : []),
	];
}

function bodyOf(fields: Fields) {
	const schema = { type: "object", ...fields, additionalProperties: false };
	if (Object.keys(fields.properties).length === 0) return {};
	return { requestBody: { required: fields.required.length > 0, content: { "application/json": { schema } } } };
}

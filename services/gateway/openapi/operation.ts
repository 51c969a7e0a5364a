import type { ActionContract } from "../../contracts/action.ts";
import type { Policy } from "../../contracts/policy.ts";
import type { PublishedAction } from "../gateway.context.ts";
import { hiddenOf, requestBodyOf } from "./bodies.ts";
import type { Fields } from "./bodies.ts";
import { headerParameters } from "./headers.ts";
import { responsesOf } from "./responses.ts";
import { inputSchema } from "./schemas.ts";
import type { JsonSchema } from "./schemas.ts";

/** One `rest` line of an action. */
export interface RestLine {
	readonly method: string;
	/** `/orders/:id` */
	readonly path: string;
}

export const restLine = (rest: string): RestLine => {
	const [method = "GET", path = "/"] = rest.split(" ");
	return { method, path: path.length > 1 ? path.replace(/\/$/, "") : path };
};

/** The description of one operation, from its contract and its publication. */
export function operation(contract: ActionContract, action: PublishedAction, { method, path }: RestLine) {
	const { inPath, elsewhere } = split(inputSchema(contract.params), path, hiddenOf(action));
	const hasBody = method === "POST" || method === "PUT";
	const parameters = [
		...parametersOf("path", inPath),
		...(hasBody && action.body === undefined ? [] : parametersOf("query", elsewhere)),
		...headerParameters(contract, action, method),
	];
	const responses: object = responsesOf(contract, action, method);
	return {
		operationId: operationId(contract.name, method, path),
		summary: contract.summary,
		tags: [tagOf(contract.name)],
		...(parameters.length > 0 && { parameters }),
		...(hasBody && requestBodyOf(action, elsewhere)),
		responses,
		security: securityOf(action.policy),
		"x-policy": action.policy,
	};
}

export const tagOf = (actionName: string): string => actionName.slice(0, actionName.indexOf("."));

/** How an operation is asked for: each entry alone is enough. */
export const SECURITY_SCHEMES = {
	bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
	apiKey: {
		type: "apiKey",
		in: "header",
		name: "X-API-Key",
		description: "Of a service, with the scope of `x-policy`.",
	},
};

function securityOf(policy: Policy = "open"): object[] {
	if (policy === "open") return [];
	return [{ bearer: [] }, ...(policy.scope === undefined ? [] : [{ apiKey: [] }])];
}

/** Two paths of one action are two operations, which clients generate as two functions. */
function operationId(name: string, method: string, path: string): string {
	return [name, method.toLowerCase(), ...path.split(/[^A-Za-z0-9]+/).filter(Boolean)].join("_").replaceAll(".", "_");
}

function split({ properties = {}, required = [] }: JsonSchema, path: string, hidden: readonly string[]) {
	const fields = { properties, required } as Fields;
	const isInPath = (name: string) => path.split("/").includes(`:${name}`);
	const isElsewhere = (name: string) => !isInPath(name) && !hidden.includes(name);
	return { inPath: select(fields, isInPath), elsewhere: select(fields, isElsewhere) };
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

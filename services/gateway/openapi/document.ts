import type { ServiceBroker } from "moleculer";
import type { ActionContract } from "../../contracts/action.ts";
import { ACTIONS } from "../../contracts/catalogue.ts";
import type { PublishedAction } from "../gateway.context.ts";
import { VERSION } from "../version.ts";
import { HEADERS, PARAMETERS } from "./headers.ts";
import { operation, restLine, SECURITY_SCHEMES, tagOf } from "./operation.ts";
import { components } from "./schemas.ts";

const INFO = {
	title: "Stoa",
	version: VERSION,
	description:
		"Users, products, orders and payments of a shop. Errors are problem documents (RFC 9457) with a stable `code`.",
};

const PROBLEM = {
	type: "object",
	description: "RFC 9457. `code` is stable; refusals add members of their own.",
	properties: {
		type: { type: "string" },
		title: { type: "string" },
		status: { type: "integer" },
		detail: { type: "string" },
		code: { type: "string" },
		requestId: { type: "string" },
		errors: {
			type: "array",
			items: {
				type: "object",
				properties: { path: { type: "string" }, message: { type: "string" } },
				required: ["path", "message"],
			},
		},
	},
	required: ["type", "title", "status", "detail", "code", "requestId"],
};

/** The OpenAPI document of what the registry publishes at this moment. */
export const openApiOf = (broker: ServiceBroker): object => openApi(publishedActions(broker), ACTIONS);

/** The document of these actions; one without a contract cannot be described, and is left out. */
export function openApi(actions: readonly PublishedAction[], contracts: ReadonlyMap<string, ActionContract>) {
	const described = actions.flatMap((action) => {
		const contract = contracts.get(action.name);
		return contract === undefined ? [] : [{ action, contract }];
	});
	const paths: Record<string, Record<string, object>> = {};
	for (const { action, contract } of described) addPaths(paths, action, contract);

	return {
		openapi: "3.1.0",
		info: INFO,
		tags: [...new Set(described.map(({ contract }) => tagOf(contract.name)))].sort().map((name) => ({ name })),
		paths,
		components: {
			schemas: { ...components(), Problem: PROBLEM },
			parameters: PARAMETERS,
			headers: HEADERS,
			securitySchemes: SECURITY_SCHEMES,
		},
	};
}

function addPaths(paths: Record<string, Record<string, object>>, action: PublishedAction, contract: ActionContract) {
	for (const line of [action.rest ?? []].flat().map(restLine)) {
		const path = line.path.replaceAll(/:(\w+)/g, "{$1}");
		(paths[path] ??= {})[line.method.toLowerCase()] = operation(contract, action, line);
	}
}

function publishedActions(broker: ServiceBroker): PublishedAction[] {
	const listed = broker.registry.getActionList({}) as unknown as { action?: PublishedAction }[];
	return listed.flatMap(({ action }) => (action?.rest === undefined || action.policy === undefined ? [] : action));
}

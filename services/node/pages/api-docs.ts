import type { ActionSchema, Service } from "moleculer";
import { z } from "zod";
import type { ActionContract } from "../../contracts/action.ts";
import { PUBLISHED } from "../../contracts/catalogue.ts";
import type { Answer, Pages } from "../node.context.ts";

type Documented = ActionSchema & {
	readonly contract: () => ActionContract;
	readonly rest?: readonly string[];
	readonly policy?: unknown;
};

/** What this node's services can be asked, and which facts they publish and read: all of it from the contracts. */
export function apiDocs({ broker, hosted }: Pages): Answer {
	const services = broker.services.filter(({ name }) => hosted.includes(name));
	return { status: 200, body: { services: services.map(documentationOf) } };
}

function documentationOf({ name, schema, metadata }: Service) {
	const actions: Readonly<Record<string, unknown>> = schema.actions ?? {};
	return {
		name,
		// By the name it is called by here: services share the contracts of what a mixin gives them.
		actions: Object.entries(actions).flatMap(([action, declared]) =>
			isDocumented(declared) ? { name: `${name}.${action}`, ...describe(declared) } : [],
		),
		publishes: (PUBLISHED[name] ?? []).map((event) => ({
			name: event.name,
			version: event.version,
			summary: event.summary,
			body: jsonSchema(event.schema, "output"),
		})),
		consumes: (metadata as { consumes?: readonly object[] }).consumes ?? [],
	};
}

const isDocumented = (action: unknown): action is Documented =>
	typeof action === "object" && action !== null && "contract" in action;

function describe({ contract, rest, policy }: Documented) {
	const { summary, params, result, errors } = contract();
	return {
		summary,
		...(rest !== undefined && { rest, policy }),
		params: jsonSchema(params, "input"),
		result: jsonSchema(result, "output"),
		errors: errors.map(({ type, status }) => ({ type, status })),
	};
}

function jsonSchema(schema: z.ZodType, io: "input" | "output"): object {
	const { $schema: _dialect, ...described } = z.toJSONSchema(schema, {
		io,
		unrepresentable: "any",
		override: simplify,
	});
	return described;
}

/** A format says all that zod's own pattern for it says. */
function simplify({ jsonSchema }: { jsonSchema: { format?: string; pattern?: string } }): void {
	if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
}

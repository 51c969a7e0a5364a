import type { ActionHandler, ActionSchema, Context, Middleware, Service } from "moleculer";
import type { z } from "zod";
import type { ActionContract } from "../services/contracts/action.ts";
import { ValidationFailed } from "../services/contracts/errors.ts";
import type { FieldProblem } from "../services/contracts/errors.ts";

/**
 * Parses the parameters of every action that has a contract, whoever calls it.
 *
 * @throws ValidationFailed naming each field
 */
export function contracts(): Middleware {
	return {
		name: "Contracts",
		localAction(next: ActionHandler, schema: ActionSchema) {
			const contract = contractOf(schema);
			if (contract === undefined) return next;

			return async function (this: Service, ctx: Context) {
				ctx.params = parse(contract.params, ctx.params);
				return next.call(this, ctx) as unknown;
			};
		},
	};
}

function contractOf(schema: object): ActionContract | undefined {
	return (schema as { contract?: () => ActionContract }).contract?.();
}

function parse(schema: z.ZodType, params: unknown): object {
	const parsed = schema.safeParse(params ?? {});
	if (!parsed.success) throw new ValidationFailed({ errors: parsed.error.issues.flatMap(problemsOf) });
	return parsed.data as object;
}

/** zod names unknown fields in the message only; a client wants them in the path. */
function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
	if (issue.code !== "unrecognized_keys") return [{ path: issue.path.join("."), message: issue.message }];

	return issue.keys.map((key) => ({ path: [...issue.path, key].join("."), message: "is not a known field" }));
}

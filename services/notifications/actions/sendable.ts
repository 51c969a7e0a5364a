import type { z } from "zod";
import { ValidationFailed } from "../../contracts/errors.ts";
import type { FieldProblem } from "../../contracts/errors.ts";
import type { Notifications } from "../notifications.context.ts";
import { currentVersions } from "../storage/template-versions.ts";
import { BUILT_INS, firstVersions } from "../templates/built-ins.ts";
import { contentsOf } from "../templates/check.ts";
import { VariableMissing, write } from "../templates/engine.ts";
import { ALWAYS } from "../templates/template.ts";
import type { BuiltIn, Source, Variables } from "../templates/template.ts";

/**
 * Finds out at the moment of asking what would go wrong at the moment of sending, in whichever language that will be.
 *
 * @throws ValidationFailed naming the template, or each variable that is missing or unknown
 */
export async function expectSendable(service: Notifications, template: string, variables: Variables): Promise<void> {
	const versions: Source[] = [...(await currentVersions(service.db, [template])), ...firstVersions(template)];
	if (versions.length === 0) throw refused([{ path: "template", message: "is not the name of a template" }]);
	const builtIn = BUILT_INS.get(template);
	if (builtIn?.asks === "link")
		throw refused([{ path: "template", message: "is sent by the shop itself, to whom it concerns" }]);

	const unknown = builtIn === undefined ? unknownIn(versions, variables) : problemsOf(builtIn, variables);
	if (unknown.length > 0) throw refused(unknown);
	const filled =
		builtIn === undefined ? { ...ALWAYS, ...variables } : { ...builtIn.sample, ...builtIn.present(variables) };
	expectWritable(versions, filled);
}

/** @throws ValidationFailed naming the first variable that is missing */
export function expectWritable(versions: readonly Source[], variables: Variables): void {
	try {
		for (const version of versions) write(version, variables);
	} catch (error) {
		if (!(error instanceof VariableMissing)) throw error;
		throw refused([{ path: `variables.${error.variable}`, message: "is needed by this template" }]);
	}
}

const refused = (errors: readonly FieldProblem[]) => new ValidationFailed({ errors });

function problemsOf({ given }: BuiltIn, variables: Variables): FieldProblem[] {
	const parsed = given.strict().safeParse(variables);
	return parsed.success ? [] : parsed.error.issues.flatMap(problemsIn);
}

function problemsIn(issue: z.core.$ZodIssue): FieldProblem[] {
	if (issue.code === "unrecognized_keys") return issue.keys.map(unknownVariable);
	return [{ path: ["variables", ...issue.path].join("."), message: issue.message }];
}

const unknownVariable = (name: string): FieldProblem => ({
	path: `variables.${name}`,
	message: "is not a variable of this template",
});

/** What no language of a template names would be lost without a word. */
function unknownIn(versions: readonly Source[], variables: Variables): FieldProblem[] {
	const known = new Set(versions.flatMap(variablesIn));
	return Object.keys(variables)
		.filter((name) => !known.has(name))
		.map(unknownVariable);
}

/** Every variable that a version names. */
export const variablesIn = ({ subject, text, html, short }: Source): string[] =>
	[subject, text, html ?? "", short ?? ""].flatMap((source) => [...contentsOf(source).variables]);

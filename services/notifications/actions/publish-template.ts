import { z } from "zod";
import type { Ctx } from "../../../mixins/define-service.ts";
import { ValidationFailed } from "../../contracts/errors.ts";
import type { FieldProblem } from "../../contracts/errors.ts";
import { TooManyTemplates } from "../../contracts/notification-templates.ts";
import type { PublishTemplate, TemplateVersion } from "../../contracts/notification-templates.ts";
import { canonical } from "../domain/locale.ts";
import type { Notifications } from "../notifications.context.ts";
import { addVersion, openTemplate } from "../storage/template-versions.ts";
import { BUILT_INS, firstVersions } from "../templates/built-ins.ts";
import { contentsOf } from "../templates/check.ts";
import type { BuiltIn, Source } from "../templates/template.ts";
import { expectWritable } from "./sendable.ts";

const MAX_OWN_TEMPLATES = 200;

/** A version is checked as a whole before it can be sent, and never changes after. */
export async function publishTemplate(
	this: Notifications,
	{ params, meta }: Ctx<typeof PublishTemplate>,
): Promise<TemplateVersion> {
	const { name, subject, text, html = null, short = null, topic = "news" } = params;
	const builtIn = BUILT_INS.get(name);
	const source: Source = { subject, text, html, short };
	expectSound(source, builtIn);

	const locale = canonical(params.locale);
	const after = firstVersions(name).find((version) => version.locale === locale)?.version ?? 0;
	return this.db.transaction(async (tx) => {
		const isOpen = await openTemplate(tx, { name, topic: builtIn?.topic ?? topic }, MAX_OWN_TEMPLATES);
		if (!isOpen) throw new TooManyTemplates({ limit: MAX_OWN_TEMPLATES });
		return addVersion(tx, { id: this.newId(), name, locale, after, ...source, author: meta.principal?.userId ?? null });
	});
}

function expectSound(source: Source, builtIn: BuiltIn | undefined): void {
	const problems = Object.entries(source).flatMap(([path, written]) =>
		problemsOf(path, written as string | null, builtIn),
	);
	if (problems.length > 0) throw new ValidationFailed({ errors: problems });
	if (builtIn === undefined) return;
	expectWritable([source], builtIn.sample);
	expectWritable([source], withoutOptional(builtIn));
}

function problemsOf(path: string, source: string | null, builtIn: BuiltIn | undefined): FieldProblem[] {
	const { variables, problems } = contentsOf(source ?? "");
	const known = Object.keys(builtIn?.sample ?? {});
	const unknown = builtIn === undefined ? [] : [...variables].filter((name) => !known.includes(name));
	const named = unknown.map((name) => `{{${name}}} is not a variable of this template; there are ${known.join(", ")}`);
	return [...problems, ...named].map((message) => ({ path, message }));
}

/** As it will be when only what must be given is: the rest belongs into `{{#if …}}`. */
const withoutOptional = ({ sample, given }: BuiltIn) =>
	Object.fromEntries(Object.entries(sample).filter(([name]) => !(given.shape[name] instanceof z.ZodOptional)));

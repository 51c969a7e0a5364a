import type { Ctx } from "../../../mixins/define-service.ts";
import { TemplateNotFound } from "../../contracts/notification-templates.ts";
import type { PreviewTemplate, TestTemplate } from "../../contracts/notification-templates.ts";
import { bestOf } from "../domain/locale.ts";
import type { Notifications } from "../notifications.context.ts";
import { currentVersions } from "../storage/template-versions.ts";
import { BUILT_INS, firstVersions } from "../templates/built-ins.ts";
import { write } from "../templates/engine.ts";
import { ALWAYS } from "../templates/template.ts";
import type { Variables, Version } from "../templates/template.ts";
import { enqueueOnce } from "./send.ts";
import { expectWritable } from "./sendable.ts";

/** Shows a template with sample values; sends nothing. */
export async function previewTemplate(this: Notifications, { params }: Ctx<typeof PreviewTemplate>) {
	const { version, variables } = await sampled(this, params);
	return { locale: version.locale, version: version.version, ...write(version, variables) };
}

/** Mails a template with sample values: no link in it works, and nobody's preferences are asked. */
export async function testTemplate(this: Notifications, ctx: Ctx<typeof TestTemplate>) {
	const { name: template, to: recipient } = ctx.params;
	const { version, variables } = await sampled(this, ctx.params);
	const { locale } = version;
	return enqueueOnce(this, ctx, {
		userId: null,
		recipient,
		channel: "email",
		template,
		variables,
		isTest: true,
		locale,
	});
}

interface Tried {
	readonly name: string;
	readonly locale: string;
	readonly variables: Variables;
}

async function sampled(service: Notifications, { name, locale, variables: given }: Tried) {
	const written = await currentVersions(service.db, [name]);
	const choices = [...written.map((version): Version => version), ...firstVersions(name)];
	const version = bestOf(locale, choices);
	if (version === undefined) throw new TemplateNotFound();
	const builtIn = BUILT_INS.get(name);
	const sample = { ...(builtIn?.sample ?? ALWAYS), ...given };
	const variables = { ...sample, ...builtIn?.present(sample) };
	expectWritable([version], variables);
	return { version, variables };
}

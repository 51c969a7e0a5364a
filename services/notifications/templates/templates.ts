import { orderCancellation, orderConfirmation } from "./order.ts";
import type { Template } from "./template.ts";
import { welcome } from "./welcome.ts";

const TEMPLATES: ReadonlyMap<string, Template> = new Map(
	[welcome, orderConfirmation, orderCancellation].map((template: Template) => [template.name, template]),
);

/** @throws when there is no such template (any more) */
export function templateOf(name: string): Template {
	const template = TEMPLATES.get(name);
	if (template === undefined)
		throw new Error(`There is no template ${name}; choose of ${[...TEMPLATES.keys()].join(", ")}.`);
	return template;
}

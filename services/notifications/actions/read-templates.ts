import type { Ctx } from "../../../mixins/define-service.ts";
import { TemplateNotFound } from "../../contracts/notification-templates.ts";
import type {
	GetTemplate,
	GetTemplateVersion,
	ListTemplates,
	Template,
	TemplateVersion,
	Topic,
} from "../../contracts/notification-templates.ts";
import type { Notifications } from "../notifications.context.ts";
import * as store from "../storage/template-versions.ts";
import { BUILT_INS, firstVersions } from "../templates/built-ins.ts";
import { ALWAYS } from "../templates/template.ts";
import { variablesIn } from "./sendable.ts";

export async function listTemplates(this: Notifications, _ctx: Ctx<typeof ListTemplates>) {
	const [own, written] = await Promise.all([store.ownTemplates(this.db), store.currentVersions(this.db, null)]);
	const topics = new Map([...own, ...BUILT_INS.values()].map(({ name, topic }) => [name, topic]));
	const ofName = Map.groupBy(written, ({ template }) => template);
	const templates = [...topics].map(([name, topic]) => viewOf(name, topic, ofName.get(name) ?? []));
	return { templates: templates.toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
}

export async function getTemplate(this: Notifications, { params: { name } }: Ctx<typeof GetTemplate>) {
	const topic = await topicOf(this, name);
	if (topic === undefined) throw new TemplateNotFound();
	const [written, history] = await Promise.all([store.currentVersions(this.db, name), store.historyOf(this.db, name)]);
	const shipped = firstVersions(name).map(({ id, locale, version, subject }) => ({
		id,
		locale,
		version,
		subject,
		createdAt: null,
	}));
	return { ...viewOf(name, topic, written), history: [...history, ...shipped] };
}

export async function getTemplateVersion(this: Notifications, { params }: Ctx<typeof GetTemplateVersion>) {
	const found = await store.findVersion(this.db, params.id);
	if (found === undefined) throw new TemplateNotFound();
	return found;
}

/** The topic of a template, undefined when there is none of this name. */
export async function topicOf({ db }: Notifications, name: string): Promise<Topic | undefined> {
	return BUILT_INS.get(name)?.topic ?? (await store.findTemplate(db, name))?.topic;
}

/** What is sent: what was written, and in English else what Stoa brings along. */
function viewOf(name: string, topic: Topic, written: readonly TemplateVersion[]): Template {
	const shipped = firstVersions(name)
		.filter(({ locale }) => !written.some((version) => version.locale === locale))
		.map((version) => ({ ...version, template: name, createdAt: null }));
	const current = [...shipped, ...written];
	const variables = BUILT_INS.get(name)?.sample ?? ALWAYS;
	return {
		name,
		topic,
		variables: [...new Set([...Object.keys(variables), ...current.flatMap(variablesIn)])].sort(),
		current,
	};
}

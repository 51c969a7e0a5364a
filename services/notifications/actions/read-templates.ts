import { NIL } from "uuid";
import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Found, Slice, SortKey } from "../../../mixins/paging.ts";
import { TemplateNotFound } from "../../contracts/notification-templates.ts";
import type {
	GetTemplate,
	GetTemplateVersion,
	ListTemplates,
	Template,
	TemplateVersion,
	Topic,
} from "../../contracts/notification-templates.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { Notifications } from "../notifications.context.ts";
import * as store from "../storage/template-versions.ts";
import { BUILT_INS, firstVersions } from "../templates/built-ins.ts";
import { ALWAYS } from "../templates/template.ts";
import { variablesIn } from "./sendable.ts";

interface Named {
	readonly id: string;
	readonly name: string;
	readonly topic: Topic;
}

const BY_NAME: SortKey<Named> = { of: ({ name }) => name, pattern: /^[a-z0-9-]{1,60}$/ };

/** Some are in the database and some in the code, so they are put in order here; they are few. */
export async function listTemplates(
	this: Notifications,
	{ params }: Ctx<typeof ListTemplates>,
): Promise<Listing<Template>> {
	const listing = await listed(params, {}, async (slice: Slice) => sliceOf(await namesOf(this), slice), BY_NAME);
	const shown = listing.rows.map(({ name }) => name);
	const ofName = Map.groupBy(await store.currentVersions(this.db, shown), ({ template }) => template);
	return { ...listing, rows: listing.rows.map(({ name, topic }) => viewOf(name, topic, ofName.get(name) ?? [])) };
}

/** All of them by name, which alone tells them apart: none has an id. */
async function namesOf({ db }: Notifications): Promise<Named[]> {
	const known = [...(await store.ownTemplates(db)), ...BUILT_INS.values()];
	const byName = new Map(known.map(({ name, topic }) => [name, { id: NIL, name, topic }]));
	return [...byName.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function sliceOf(all: readonly Named[], { afterKey = "", limit, offset }: Slice): Found<Named> {
	const rows = all.filter(({ name }) => name > afterKey).slice(offset, offset + limit);
	return { rows, total: all.length };
}

export async function getTemplate(this: Notifications, { params: { name } }: Ctx<typeof GetTemplate>) {
	const topic = await topicOf(this, name);
	if (topic === undefined) throw new TemplateNotFound();
	const [written, history] = await Promise.all([
		store.currentVersions(this.db, [name]),
		store.historyOf(this.db, name),
	]);
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

import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";
import { Accepted, MailAddress, TemplateName, Variables } from "./notifications.ts";
import { listOf, listParams } from "./paging.ts";
import { ById, Id, text, Timestamp } from "./text.ts";

/** What a notification is about; a user chooses per topic. The first two are never switched off for mail. */
export const TOPICS = ["account", "orders", "stock", "news"] as const;
export type Topic = (typeof TOPICS)[number];

/** A language, maybe of a country, as in BCP 47: `de`, `de-AT`. */
export const Locale = z
	.string()
	.max(35)
	.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "a language tag such as de or de-AT");

/** Text with `{{variables}}`; in `html` their values are escaped. */
const parts = {
	subject: text(200),
	text: text(20_000),
	/** Made of the text when it is not given. */
	html: text(100_000).nullable(),
	/** What an SMS or a push message says; the subject when it is not given. */
	short: text(480).nullable(),
};

export const TemplateVersion = z.object({
	/** Null for the version that Stoa brings along. */
	id: Id.nullable(),
	template: z.string(),
	locale: z.string(),
	version: z.int(),
	...parts,
	createdAt: Timestamp.nullable(),
});
export type TemplateVersion = z.output<typeof TemplateVersion>;

export const Template = z.object({
	name: z.string(),
	topic: z.enum(TOPICS),
	/** Every variable that it may use. */
	variables: z.array(z.string()),
	/** The newest version of each language: what is sent. */
	current: z.array(TemplateVersion),
});
export type Template = z.output<typeof Template>;

export const TemplateNotFound = defineError(
	"TEMPLATE_NOT_FOUND",
	404,
	"There is no such template, or it is not written in this language or any that stands in for it.",
);
export const TooManyTemplates = defineError<{ limit: number }>(
	"TOO_MANY_TEMPLATES",
	409,
	({ limit }) => `There are ${limit} templates already. Write a new version of one of them.`,
);

export const ListTemplates = defineAction("notifications.templates", {
	summary: "The templates by name, with the versions that are in use.",
	params: listParams({}),
	result: listOf(Template),
});

const ByName = { name: TemplateName };

export const GetTemplate = defineAction("notifications.template", {
	summary: "One template, with the versions that are in use and the newest hundred of those that ever were.",
	params: z.strictObject(ByName),
	result: Template.extend({
		history: z.array(TemplateVersion.pick({ id: true, locale: true, version: true, subject: true, createdAt: true })),
	}),
	errors: [TemplateNotFound],
});

export const GetTemplateVersion = defineAction("notifications.templateVersion", {
	summary: "One version of a template, in use or not; it never changes.",
	params: ById,
	result: TemplateVersion,
	errors: [TemplateNotFound],
});

export const PublishTemplate = defineAction("notifications.publishTemplate", {
	summary: "Writes a new version of a template for one language, which is sent from now on.",
	params: z.strictObject({
		...ByName,
		locale: Locale,
		/** Of a new template; those that exist keep theirs. Default news. */
		topic: z.enum(TOPICS).optional(),
		subject: parts.subject,
		text: parts.text,
		html: parts.html.optional(),
		short: parts.short.optional(),
	}),
	result: TemplateVersion,
	errors: [TooManyTemplates],
});

export const PreviewTemplate = defineAction("notifications.previewTemplate", {
	summary:
		"Shows what would be sent; nothing is. Variables that are not given have sample values where Stoa knows some.",
	params: z.strictObject({ ...ByName, locale: Locale.default("en"), variables: Variables }),
	result: z.object({
		locale: z.string(),
		version: z.int(),
		subject: z.string(),
		text: z.string(),
		html: z.string(),
		short: z.string(),
	}),
	errors: [TemplateNotFound],
});

export const TestTemplate = defineAction("notifications.testTemplate", {
	summary: "Mails a template, marked as a test, to an address.",
	params: z.strictObject({ ...ByName, to: MailAddress, locale: Locale.default("en"), variables: Variables }),
	result: Accepted,
	errors: [TemplateNotFound],
});

export const TEMPLATE_ACTIONS = [
	ListTemplates,
	GetTemplate,
	GetTemplateVersion,
	PublishTemplate,
	PreviewTemplate,
	TestTemplate,
];

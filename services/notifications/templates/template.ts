import type { z } from "zod";
import type { Topic } from "../../contracts/notification-templates.ts";
import type { Channel } from "../../contracts/notifications.ts";

/** What a template says in one language, before its variables are filled in. */
export interface Source {
	readonly subject: string;
	readonly text: string;
	readonly html: string | null;
	readonly short: string | null;
}

/** What is sent. */
export interface Written {
	readonly subject: string;
	readonly text: string;
	readonly html: string;
	readonly short: string;
}

/** A version of a template, as it is chosen and written. */
export interface Version extends Source {
	/** Null for the one that Stoa brings along. */
	readonly id: string | null;
	readonly locale: string;
	readonly version: number;
}

export type Variables = Readonly<Record<string, unknown>>;

/** What is asked of other services at the moment of writing, because it must not rest here, or would be stale. */
export type Asks = "link" | "product";

/** A template that Stoa brings along, as version 1 in English. */
export interface BuiltIn<Given extends Variables = Variables> {
	/** The notification's type, as the log and the facts know it. */
	readonly name: string;
	readonly topic: Topic;
	/** Where it goes by itself; over the others it can be sent. */
	readonly channels: readonly Channel[];
	/** What whoever sends it must give. */
	readonly given: z.ZodObject;
	/** Everything it may name, with a value to show it by. */
	readonly sample: Variables;
	readonly source: Source;
	readonly asks?: Asks | undefined;
	/** Never set: carries the type of what is given. */
	readonly variables?: Given;
	/** What is given, and what is made of it, e.g. an amount with its currency. */
	present(given: Variables): Variables;
}

interface Declaration<S extends z.ZodObject> extends Omit<
	BuiltIn,
	"given" | "present" | "sample" | "source" | "variables"
> {
	readonly given: S;
	readonly sample: z.output<S>;
	/** What `asks` will answer. */
	readonly answered?: Variables;
	readonly source: Pick<Source, "subject" | "text"> & Partial<Source>;
	readonly present?: (given: z.output<S>) => Variables;
}

/** Variables that every template has. */
export const ALWAYS = { firstName: "Ada" } as const;

/** Declares a template that Stoa brings along. */
export function defineTemplate<S extends z.ZodObject>(declared: Declaration<S>): BuiltIn<z.input<S>> {
	const { source, sample, answered, ...rest } = declared;
	const present = (given: Variables) => ({ ...given, ...declared.present?.(declared.given.parse(given)) });
	return {
		...rest,
		present,
		sample: { ...ALWAYS, ...present(sample), ...answered },
		source: { html: null, short: null, ...source },
	};
}

/** A greeting, paragraphs and the shop's signature. */
export const letter = (...paragraphs: readonly string[]): string =>
	["Hello{{#if firstName}} {{firstName}}{{/if}},", ...paragraphs, "Your shop"].join("\n\n");

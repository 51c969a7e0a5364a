import type { z } from "zod";

/** Whom a mail is written to. */
export interface Recipient {
	readonly firstName: string | null;
}

export interface Written {
	readonly subject: string;
	readonly text: string;
	readonly html: string;
}

/** A mail before it has a form: paragraphs of plain text. */
interface Draft {
	readonly subject: string;
	readonly paragraphs: readonly string[];
}

export interface Template<Variables = unknown> {
	/** The notification's type, as the log and the facts know it. */
	readonly name: string;
	/** @throws when the variables are not those of this template */
	write(variables: unknown, recipient: Recipient): Written;
	/** Never set: carries the type of the variables. */
	readonly variables?: Variables;
}

/** Declares a mail as a function of its variables; greeting, signature and both forms are the same for all. */
export function defineTemplate<S extends z.ZodType>(
	name: string,
	schema: S,
	draft: (variables: z.output<S>) => Draft,
): Template<z.input<S>> {
	return {
		name,
		write(variables, { firstName }) {
			const { subject, paragraphs } = draft(schema.parse(variables));
			const greeting = firstName === null ? "Hello," : `Hello ${firstName},`;
			const all = [greeting, ...paragraphs, "Your shop"];
			return { subject, text: `${all.join("\n\n")}\n`, html: htmlOf(all) };
		},
	};
}

/** Every word of a mail is text: whatever a customer has typed cannot become markup. */
const htmlOf = (paragraphs: readonly string[]): string =>
	`<!doctype html>\n<html><body>\n${paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n")}\n</body></html>\n`;

const ENTITIES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

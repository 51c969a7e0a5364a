import { describe, expect, it } from "@jest/globals";
import { contentsOf } from "./check.ts";
import { VariableMissing, write } from "./engine.ts";

const textOf = (text: string, variables: object, html: string | null = null) =>
	write({ subject: "s", text, html, short: null }, variables as Record<string, unknown>);

describe("a template", () => {
	it("fills in variables, lists and conditions", () => {
		const source = "{{#each items}}{{name}} × {{count}}; {{/each}}{{#if note}}{{note}}{{else}}no note{{/if}}";
		expect(textOf(source, { items: [{ name: "Lamp", count: 2 }] }).text).toBe("Lamp × 2; no note\n");
	});

	it("escapes in HTML and nowhere else", () => {
		const { text, html } = textOf("{{name}}", { name: "<b>&" }, "<i>{{name}}</i>");
		expect([text, html]).toEqual(["<b>&\n", "<i>&lt;b&gt;&amp;</i>"]);
	});

	it("has a subject of one line, whatever is filled in", () => {
		const { subject } = write(
			{ subject: "About {{name}}", text: "t", html: null, short: null },
			{ name: "x\r\nBcc: eve@example.com" },
		);
		expect(subject).toBe("About x Bcc: eve@example.com");
	});

	it.each([
		["{{nobody}}", "nobody"],
		["{{user.name}}", "name"],
		["{{#each items}}{{price}}{{/each}}", "price"],
	])("does not pass over a variable that is missing: %s", (source, variable) => {
		expect(() => textOf(source, { user: {}, items: [{}] })).toThrow(new VariableMissing(variable));
	});

	it.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
		"finds nothing of the language in its variables: %s",
		(name) => {
			expect(() => textOf(`{{${name}}}`, {})).toThrow(VariableMissing);
			expect(() => textOf(`{{user.${name}}}`, { user: { a: 1 } })).toThrow(VariableMissing);
		},
	);
});

describe("what a template may contain", () => {
	it("is variables, conditions and lists; those outside of lists are its own", () => {
		const source =
			"{{! why }}{{a}} {{#if b}}{{c.d}}{{else if e}}x{{/if}} {{#each f}}{{this.g}}{{this}}{{else}}{{h}}{{/each}}";
		const { variables, problems } = contentsOf(source);
		expect(problems).toEqual([]);
		expect([...variables]).toEqual(["a", "b", "c", "e", "f", "h"]);
	});

	it.each([
		["{{{raw}}}", "not escaped"],
		["{{&raw}}", "not escaped"],
		["{{> partial}}", "not allowed"],
		["{{#> layout}}{{/layout}}", "not allowed"],
		["{{lookup a b}}", "calls something"],
		["{{#with a}}{{b}}{{/with}}", "not allowed so"],
		["{{#a}}b{{/a}}", "not allowed so"],
		["{{#if (lookup a b)}}c{{/if}}", "not allowed"],
		["{{#each a as |b|}}{{b}}{{/each}}", "as |…|"],
		["{{a b=1}}", "calls something"],
		["{{@root.a}}", "not allowed"],
		["{{#each a}}{{../b}}{{/each}}", "not allowed"],
		["{{this}}", "not allowed"],
		["{{a.__proto__.b}}", "not allowed"],
		["{{[a b]}}", "not allowed"],
		["{{#*inline 'a'}}b{{/inline}}", "not allowed"],
		["{{#if a}}", "Parse error"],
	])("is not %s", (source, problem) => {
		expect(contentsOf(source).problems).toEqual([expect.stringContaining(problem)]);
	});
});

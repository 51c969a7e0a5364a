import { z } from "zod";
import { headersOf } from "../../../mixins/events/fact.ts";
import type { EventContract } from "../../contracts/event.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

const MEANINGS = {
	"stoa-name": "The event's name.",
	"stoa-version": "Of the body's schema.",
	"stoa-aggregate-type": "What it happened to.",
	"stoa-aggregate-id": "Its id.",
	"stoa-sequence": "1, 2, 3 … for the facts of one aggregate, without gaps.",
	"stoa-correlation-id": "The same for all that one request led to.",
	"stoa-causation-id": "The command or message it follows from.",
} as const;

/** What a bus always sends along; the ids of its cause only where it has one. */
const SENT_ALWAYS = Object.keys(
	headersOf({
		...{ id: "", name: "", version: 1, aggregateType: "", aggregateId: "", sequence: 1 },
		...{ correlationId: null, causationId: null, data: {} },
	}),
);

/** The description of one event as a message: its body, and its envelope in the headers. */
export function messageOf({ name, version, summary, isOpen, schema }: EventContract) {
	const properties = Object.fromEntries(Object.entries(MEANINGS).map(headerOf));
	const own = { "stoa-name": { const: name }, "stoa-version": { const: version } };
	return {
		name,
		title: name,
		summary,
		contentType: "application/json",
		// An outsider has no envelope, so nobody asks one of him.
		headers: { type: "object", properties: { ...properties, ...own }, ...(!isOpen && { required: SENT_ALWAYS }) },
		correlationId: { location: "$message.header#/stoa-correlation-id" },
		payload: bodyOf(schema, isOpen),
	};
}

function headerOf([name, description]: [string, string]) {
	return [name, { type: name === "stoa-sequence" ? "integer" : "string", description }] as const;
}

/** The body as JSON Schema; readers must bear fields that they do not know, so no object is closed. */
function bodyOf(schema: z.ZodType, isOpen: boolean): JsonSchema {
	const options = { target: "draft-7", unrepresentable: "any", override: simplify } as const;
	const { $schema, ...body } = z.toJSONSchema(schema, { ...options, io: isOpen ? "input" : "output" });
	return body;
}

function simplify({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
	if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
	if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
	if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
	if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

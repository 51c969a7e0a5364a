import { z } from "zod";
import { NAMED } from "./named.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(NAMED)) names.add(schema, { id });

/** What a client sends. */
export const inputSchema = (schema: z.ZodType): JsonSchema => schemaOf(schema, "input");

/** What a client gets; named bodies are references into the components. */
export const outputSchema = (schema: z.ZodType): JsonSchema => schemaOf(schema, "output");

/** The named bodies themselves. */
export function components(): Readonly<Record<string, JsonSchema>> {
	const all = Object.values(NAMED).flatMap((schema) => Object.entries(definitionsOf(schema)));
	return Object.fromEntries(all.map(([id, definition]) => [id, relink(definition)]));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): JsonSchema {
	const { $schema, $defs, ...rest } = convert(schema, io);
	return relink(rest);
}

/** zod writes the definitions of named parts only beside a schema that uses them. */
function definitionsOf(schema: z.ZodType): Readonly<Record<string, JsonSchema>> {
	return (convert(z.tuple([schema]), "output").$defs ?? {}) as Record<string, JsonSchema>;
}

function convert(schema: z.ZodType, io: "input" | "output"): Readonly<Record<string, unknown>> {
	return z.toJSONSchema(schema, { io, metadata: names, unrepresentable: "any", override: simplify });
}

/** A format says what zod's own pattern for it says, and bounds of safe integers say nothing to a reader. */
function simplify({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
	if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
	if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
	if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

function relink(schema: JsonSchema): JsonSchema {
	return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema;
}

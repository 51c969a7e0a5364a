import type { BodyForm } from "../../../mixins/define-service.ts";
import type { PublishedAction } from "../gateway.context.ts";
import { EXAMPLES } from "./examples.ts";
import type { JsonSchema } from "./schemas.ts";

/** Some of a contract's parameters. */
export interface Fields {
	readonly properties: Readonly<Record<string, JsonSchema>>;
	readonly required: readonly string[];
}

/** Parameters that the gateway sets, and no client sends. */
const SET_BY_GATEWAY: Readonly<Record<BodyForm["as"], readonly string[]>> = {
	raw: ["raw", "headers"],
	stream: ["upload"],
};

/** The parameters of an action that no client sends by name. */
export function hiddenOf({ body, download }: PublishedAction): readonly string[] {
	return [...(body === undefined ? [] : SET_BY_GATEWAY[body.as]), ...(download === undefined ? [] : ["part"])];
}

/** What a POST or PUT reads: a JSON object, or bytes of some types. */
export function requestBodyOf(action: PublishedAction, fields: Fields): object {
	const { body: form, name } = action;
	if (form !== undefined) return { requestBody: { required: true, content: bytesOf(form) } };
	if (Object.keys(fields.properties).length === 0) return {};

	const schema = { type: "object", ...fields, additionalProperties: false };
	const example = EXAMPLES[name];
	const content = { "application/json": { schema, ...(example !== undefined && { example }) } };
	return { requestBody: { required: fields.required.length > 0, content } };
}

/** OpenAPI 3.1 says with an empty schema that these are bytes. */
const bytesOf = ({ accepts = ["*/*"] }: BodyForm) => Object.fromEntries(accepts.map((type) => [type, {}]));

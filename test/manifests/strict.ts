import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import { kubernetesApi, prometheusResource } from "./published-schemas.ts";
import type { Schema } from "./published-schemas.ts";

export interface Manifest {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
	};
	readonly spec?: unknown;
}

const AT_THE_TOP: Schema = { apiVersion: { type: "string" }, kind: { type: "string" }, metadata: { type: "object" } };

/** A schema that refuses fields it does not name, at any depth: a misspelt field would be ignored by the cluster. */
export function strict(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(strict);
	if (schema === null || typeof schema !== "object") return schema;

	const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
	const isClosed = "properties" in copy && !("additionalProperties" in copy);
	return isClosed && !keepsUnknown(copy) ? { ...copy, additionalProperties: false } : copy;
}

const keepsUnknown = (schema: Schema): boolean => schema["x-kubernetes-preserve-unknown-fields"] === true;

const validators = new Map<string, ValidateFunction>();

/** What is wrong with a manifest, each in words; empty when nothing is. */
export function problemsOf(manifest: Manifest): string[] {
	const key = `${manifest.apiVersion} ${manifest.kind}`;
	const validate = validators.get(key) ?? compile(manifest);
	validators.set(key, validate);
	const isValid: boolean = validate(manifest);
	if (isValid) return [];
	return (validate.errors ?? []).map(
		({ instancePath, message, params }) =>
			`${manifest.kind} ${manifest.metadata.name}${instancePath}: ${message} ${JSON.stringify(params)}`,
	);
}

const compiler = () => new Ajv({ strict: false, allErrors: true, validateFormats: false });

function compile({ apiVersion, kind }: Manifest): ValidateFunction {
	if (apiVersion.startsWith("monitoring.coreos.com/")) return compileCustom(kind);

	const { components } = kubernetesApi(apiVersion);
	const [name] = Object.entries(components.schemas).find(([, schema]) => isOfKind(schema, apiVersion, kind)) ?? [];
	if (name === undefined) throw new Error(`${apiVersion} has no ${kind}`);
	return compiler().compile({ ...(strict({ components }) as object), $ref: `#/components/schemas/${name}` });
}

function isOfKind(schema: Schema, apiVersion: string, kind: string): boolean {
	const [version, group = ""] = apiVersion.split("/").reverse();
	const kinds = (schema["x-kubernetes-group-version-kind"] ?? []) as { group: string; version: string; kind: string }[];
	return kinds.some((each) => each.group === group && each.version === version && each.kind === kind);
}

function compileCustom(kind: string): ValidateFunction {
	const schema = prometheusResource(`${kind.toLowerCase()}s`);
	return compiler().compile(
		strict({ ...schema, properties: { ...(schema.properties as Schema), ...AT_THE_TOP } }) as object,
	);
}

import { ROLES } from "../../../services/contracts/meta.ts";
import type { Role } from "../../../services/contracts/meta.ts";
import type { Policy } from "../../../services/contracts/policy.ts";

/** The part of JSON Schema that contracts are published in. */
export interface Schema {
	readonly type?: string;
	readonly anyOf?: readonly Schema[];
	readonly enum?: readonly unknown[];
	readonly format?: string;
	readonly pattern?: string;
	readonly minLength?: number;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly exclusiveMinimum?: number;
	readonly maximum?: number;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly items?: Schema;
	readonly minItems?: number;
	readonly maxItems?: number;
}

/** One method of one path, as the OpenAPI document describes it. */
export interface Operation {
	readonly method: string;
	/** `/orders/{id}` */
	readonly path: string;
	readonly inPath: Readonly<Record<string, Schema>>;
	readonly inQuery: Readonly<Record<string, Schema>>;
	readonly body: Schema | undefined;
	/** Who may get further than the door; everybody when it is open. */
	readonly roles: readonly Role[];
	/** The codes of each refusal, by status. */
	readonly refusals: Readonly<Record<string, readonly string[]>>;
}

interface Described {
	readonly "x-policy"?: Policy;
	readonly parameters?: readonly { readonly name?: string; readonly in?: string; readonly schema?: Schema }[];
	readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
	readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Document {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

/** Everything that a running server says it answers. */
export async function publishedOperations(gateway: string): Promise<Operation[]> {
	const { paths } = (await (await fetch(`${gateway}/openapi.json`)).json()) as Document;
	return Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, described]) => operationOf(method.toUpperCase(), path, described)),
	);
}

export function operationOf(method: string, path: string, described: Described): Operation {
	const { parameters = [], requestBody, responses, "x-policy": policy = "open" } = described;
	const standing = (place: string) =>
		Object.fromEntries(
			parameters.filter((one) => one.in === place).map(({ name = "", schema = {} }) => [name, schema]),
		);
	const refusals = Object.entries(responses).map(([status, { description }]) => [status, description.split(", ")]);
	return {
		method,
		path,
		inPath: standing("path"),
		inQuery: standing("query"),
		body: requestBody?.content["application/json"]?.schema,
		roles: typeof policy === "object" && "roles" in policy ? policy.roles : ROLES,
		refusals: Object.fromEntries(refusals) as Operation["refusals"],
	};
}

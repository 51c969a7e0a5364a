import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import { ROLES } from "../../../services/contracts/meta.ts";
import type { Role } from "../../../services/contracts/meta.ts";
import type { WireRequest } from "../wire.ts";
import { mutated } from "./mutate.ts";
import type { Operation, Schema } from "./operation.ts";
import { allowedBy, nastyText } from "./values.ts";
import type { Known } from "./values.ts";

/** Who may be asking, and what he may know. */
export interface Cast {
	readonly tokens: Readonly<Record<Role, string>>;
	readonly known: Known;
}

/** Longer ones are refused with the header fields, before anybody reads them. */
const LONGEST = 1_500;
const RAW_SEGMENTS = [
	"%zz",
	"%00",
	"%ff",
	"..",
	"%2e%2e%2f",
	"a%2fb",
	"%25",
	"*",
	";",
	"'",
	"$ne",
	"[]",
	"9".repeat(3_000),
];
const RAW_QUERIES = [
	"q[$gt]=1",
	"__proto__=1",
	"constructor[prototype]=1",
	"a=1&a=2",
	"%zz=%zz",
	"=",
	"&&&",
	"page=1&page=2",
	"%00=%00",
];
const RAW_BODIES = [
	...["", "{", "[]", "null", "1", '"text"', "{}{}", "{'a':1}", '{"a":NaN}', '{"a":1e999}', '{"__proto__":{"a":1}}'],
	...['{"constructor":{"prototype":{"a":1}}}', `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`, "\ufeff{}"],
];
const NOT_UTF8 = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
const GARBAGE_TOKENS = [
	"Bearer nonsense",
	"Bearer ",
	"Basic YTpi",
	"\u00e4",
	"Bearer a.b.c",
	`Bearer ${"A".repeat(4_000)}`,
];

/** Requests that are meant for an operation: some of them good, most of them not. */
export function requestsFor(operation: Operation, { tokens, known }: Cast): Arbitrary<WireRequest> {
	const { method, inQuery } = operation;
	const parts = {
		path: pathsOf(operation, known),
		query: rarely(queriesOf(inQuery, known)),
		authorization: callers(operation, tokens),
		headers: rarely(HEADERS),
		body: bodiesOf(operation, known),
	};
	return fc.record(parts).map(({ path, query = "", authorization, headers = {}, body }) => ({
		method,
		path: query === "" ? path : `${path}?${query}`,
		headers: {
			...(authorization !== undefined && { authorization }),
			...(body !== undefined && { "content-type": "application/json" }),
			...headers,
		},
		body,
	}));
}

const rarely = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | undefined> =>
	fc.oneof({ withCrossShrink: true }, { weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Mostly somebody who may ask. */
function callers({ roles }: Operation, tokens: Cast["tokens"]): Arbitrary<string | undefined> {
	const bearers = (allowed: readonly Role[]) => fc.constantFrom(...allowed).map((role) => `Bearer ${tokens[role]}`);
	return fc.oneof(
		{ weight: 8, arbitrary: bearers(roles) },
		bearers(ROLES),
		fc.constant(undefined),
		fc.constantFrom(...GARBAGE_TOKENS),
	);
}

function pathsOf({ path, inPath }: Operation, known: Known): Arbitrary<string> {
	const segments = Object.entries(inPath).map(([name, schema]) => [name, segmentsOf(schema, known, name)] as const);
	const end = fc.oneof({ weight: 30, arbitrary: fc.constant("") }, fc.constantFrom("/", "//", "/%20"));
	return fc
		.tuple(fc.record(Object.fromEntries(segments)), end)
		.map(([values, tail]) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "") + tail);
}

const segmentsOf = (schema: Schema, known: Known, name: string): Arbitrary<string> =>
	fc.oneof(
		{ weight: 8, arbitrary: allowedBy(schema, known, name).map(encoded) },
		nastyText.map(encoded),
		fc.constantFrom(...RAW_SEGMENTS),
	);

const encoded = (value: unknown): string => encodeURIComponent(String(value).toWellFormed().slice(0, LONGEST));

function queriesOf(inQuery: Operation["inQuery"], known: Known): Arbitrary<string> {
	const pairs = Object.entries(inQuery).map(([name, schema]) =>
		fc.oneof(allowedBy(schema, known, name), nastyText).map((value) => `${name}=${encoded(value)}`),
	);
	const noise = fc.oneof(
		fc.constantFrom(...RAW_QUERIES),
		nastyText.map((text) => `${encoded(text)}=${encoded(text)}`),
	);
	return fc.array(fc.oneof(...pairs, noise), { minLength: 1, maxLength: 3 }).map((given) => given.join("&"));
}

function bodiesOf({ body: schema }: Operation, known: Known): Arbitrary<string | Buffer | undefined> {
	const raw = fc.constantFrom<string | Buffer>(...RAW_BODIES, NOT_UTF8);
	if (schema === undefined) return fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, raw);

	const good = allowedBy(schema, known);
	const written = (value: Arbitrary<unknown>) => value.map((given) => JSON.stringify(given) as string | undefined);
	return fc.oneof(
		{ weight: 5, arbitrary: written(good) },
		{ weight: 5, arbitrary: written(mutated(good)) },
		{ weight: 2, arbitrary: written(mutated(mutated(good))) },
		{ weight: 1, arbitrary: raw },
	);
}

/** Header fields hold Latin-1 without control characters; Node sends nothing else. */
const field = fc.oneof(
	fc.constantFrom(
		"",
		"*",
		"null",
		"1",
		'"1.abc"',
		'W/"1.abc"',
		'"',
		"'; DROP TABLE users; --",
		"x".repeat(300),
		"\u00e4\u00ff",
	),
	fc.stringMatching(/^[\x20-\x7e]{0,40}$/),
);

const FIELDS: Readonly<Record<string, Arbitrary<string>>> = {
	"idempotency-key": fc.oneof({ weight: 3, arbitrary: fc.constantFrom("one", "two") }, field),
	"if-match": fc.oneof(fc.constantFrom('"1.abc"', '"2.abc"', "*"), field),
	"if-none-match": field,
	"content-type": fc.constantFrom("application/json; charset=utf-8", "text/plain", "application/jsonx", "", "\u00e4"),
	"content-encoding": fc.constantFrom("gzip", "identity", "br"),
	accept: field,
	"user-agent": field,
	"x-request-id": field,
	"x-forwarded-for": field,
	"x-http-method-override": fc.constantFrom("DELETE", "PATCH"),
	origin: field,
};

const HEADERS: Arbitrary<Record<string, string>> = fc
	.array(fc.oneof(...Object.entries(FIELDS).map(([name, value]) => value.map((text) => [name, text] as const))), {
		minLength: 1,
		maxLength: 3,
	})
	.map((fields) => Object.fromEntries(fields));

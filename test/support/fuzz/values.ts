import fc from "fast-check";
import type { Arbitrary } from "fast-check";
import type { Schema } from "./operation.ts";

/** Good values of a field that its schema alone does not lead to, such as ids of what exists. */
export type Known = (field: string) => readonly unknown[];

const LONGEST = 200;

/** Values that a schema allows, among them those at its edges. */
export function allowedBy(schema: Schema, known: Known, field = ""): Arbitrary<unknown> {
	const { anyOf, enum: options } = schema;
	if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => allowedBy(one, known, field)));
	if (options !== undefined) return fc.constantFrom(...options);

	const found = known(field);
	const made = (OF_TYPE[schema.type ?? "string"] ?? textOf)(schema, known, field);
	return found.length === 0 ? made : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...found) }, made);
}

const OF_TYPE: Readonly<Record<string, (schema: Schema, known: Known, field: string) => Arbitrary<unknown>>> = {
	object: objectOf,
	array: arrayOf,
	integer: integerOf,
	number: amountOf,
	boolean: () => fc.boolean(),
	null: () => fc.constant(null),
	string: textOf,
};

function objectOf({ properties = {}, required = [] }: Schema, known: Known): Arbitrary<unknown> {
	const fields = Object.entries(properties).map(([name, schema]) => [name, allowedBy(schema, known, name)] as const);
	return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
}

function arrayOf({ items = {}, minItems = 0, maxItems = 100 }: Schema, known: Known, field: string) {
	return fc.array(allowedBy(items, known, field), { minLength: minItems, maxLength: Math.min(maxItems, 3) });
}

function integerOf({ minimum, exclusiveMinimum, maximum = 10_000 }: Schema): Arbitrary<number> {
	const least = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1);
	const usual = fc.integer({ min: Math.max(least, -3), max: Math.min(maximum, 3) });
	return fc.oneof({ weight: 4, arbitrary: usual }, fc.constantFrom(least, maximum));
}

/** Mostly whole, since money has few decimals. */
function amountOf({ minimum = 0, maximum = 10_000 }: Schema): Arbitrary<number> {
	const usual = fc.integer({ min: Math.max(minimum, 1), max: 100 });
	return fc.oneof({ weight: 4, arbitrary: usual }, fc.constantFrom(minimum, maximum, 0.01, 10.005));
}

function textOf({ format, pattern, minLength = 0, maxLength = LONGEST }: Schema): Arbitrary<unknown> {
	if (format === "uuid") return fc.uuid();
	if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
	if (format === "uri") return fc.webUrl();
	if (pattern !== undefined && !isAnyText(pattern)) return fc.stringMatching(new RegExp(pattern));

	const size = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, LONGEST)) };
	return fc.oneof(
		{ weight: 4, arbitrary: fc.string({ unit: "grapheme", ...size }) },
		fc.constant("x".repeat(maxLength)),
	);
}

const isAnyText = (pattern: string): boolean => pattern === "^[^\\u0000]*$";

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

const NUMBERS = [0, -0, -1, 1.5, 1e-7, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, -(2 ** 63), 1e21, 1e308, 5e-324];
const TEXTS = [
	...["", " ", "\t\n", "0", "-1", "NaN", "Infinity", "null", "undefined", "true", "[object Object]"],
	...[
		"\u0000",
		"a\u0000b",
		"\ud800",
		"\udfff\ud800",
		"\ufeff",
		"\u202e",
		"e\u0301",
		"\u{1f9d1}\u200d\u{1f680}",
		"\uffff",
	],
	...["' OR '1'='1", "'; DROP TABLE users; --", "1); TABLE users; --", "$1", "\\", "%", "_", "pg_sleep(9)"],
	...["__proto__", "constructor", "toString", "$where", '{"$gt":""}', "${7*7}", "{{7*7}}", "<script>alert(1)</script>"],
	...["../../etc/passwd", "\r\nX-Injected: 1", "x".repeat(10_000), "\u00e4".repeat(300), "9".repeat(400)],
];
const THINGS = [null, true, false, [], {}, [[]], [null], { $gt: "" }, { $ne: null }, { length: -1 }, nested(40)];
const KEYS = [
	"__proto__",
	"constructor",
	"prototype",
	"toString",
	"role",
	"price",
	"isAdmin",
	"$where",
	"id",
	"",
	"a.b",
];

/** Text that somebody once broke something with. */
export const nastyText: Arbitrary<string> = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
	fc.string({ unit: "binary" }),
);

/** Values of any kind that a field does not expect. */
export const nasty: Arbitrary<unknown> = fc.oneof(
	fc.constantFrom<unknown>(...NUMBERS),
	nastyText,
	fc.constantFrom<unknown>(...THINGS),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.jsonValue({ maxDepth: 3 }),
);

/** A name that no schema has, or that JavaScript reads in its own way. */
export const nastyKey: Arbitrary<string> = fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 20 }));

import { createHash } from "node:crypto";
import { ValidationFailed } from "../../services/contracts/errors.ts";
import { MAX_PAGE_SIZE } from "../../services/contracts/paging.ts";
import type { Collection, FieldKind } from "./collection.ts";
import type { Stored } from "./entry.ts";

type Scalar = string | number | boolean | null;

/** Both bounds included. */
export interface Range {
	readonly min?: string | number | undefined;
	readonly max?: string | number | undefined;
}

/** By field: what it is, or the range it lies in; undefined asks nothing. Null matches a field that is missing, too. */
export type Where = Readonly<Record<string, Scalar | Range | undefined>>;

export interface Listing {
	readonly where?: Where;
	/** A field of `sorts`, or `id`; with a minus in front from the largest down. `id` unless told. */
	readonly sort?: string;
	/** `nextCursor` of the page before; works with the same `where` and `sort` only. */
	readonly cursor?: string | undefined;
	/** At most 100. */
	readonly limit: number;
}

export interface Page<T extends object> {
	readonly rows: readonly Stored<T>[];
	readonly nextCursor: string | null;
}

/** One question about one field; `value` is a scalar of the field's kind and nothing else. */
export interface Condition {
	readonly field: string;
	readonly kind: FieldKind;
	readonly test: "is" | "min" | "max";
	readonly value: Scalar;
}

export interface Order {
	/** Null sorts by id alone. */
	readonly field: string | null;
	readonly kind: FieldKind;
	readonly isDescending: boolean;
}

/** Where the page before ended. */
export interface Place {
	readonly id: string;
	readonly value: string | number;
}

/** A list as the stores are asked for it: everything in it was checked against the collection. */
export interface Plan {
	readonly conditions: readonly Condition[];
	readonly order: Order;
	readonly after: Place | null;
	readonly limit: number;
}

/** @throws ValidationFailed */
export function planOf(collection: Collection, { where = {}, sort = "id", cursor, limit }: Listing): Plan {
	const conditions = conditionsOf(collection, where);
	const order = orderOf(collection, sort);
	const isBounded = Number.isInteger(limit) && limit > 0 && limit <= MAX_PAGE_SIZE;
	if (!isBounded) throw refused("limit", `is a whole number from 1 to ${MAX_PAGE_SIZE}`);

	const after = cursor === undefined ? null : placeOf(cursor, conditions, order);
	return { conditions, order, after, limit };
}

/** Anything but a scalar of the field's kind is refused here, so that no operator of MongoDB ever passes. */
export function conditionsOf({ fields }: Collection, where: Where): Condition[] {
	return Object.entries(where).flatMap(([field, wanted]) => {
		if (wanted === undefined) return [];
		const kind = Object.hasOwn(fields, field) ? fields[field] : undefined;
		if (kind === undefined) throw refused(field, "is not a field that can be asked for");

		return isRange(wanted) ? rangeOf(field, kind, wanted) : [condition(field, kind, "is", wanted)];
	});
}

const isRange = (wanted: Scalar | Range): wanted is Range => typeof wanted === "object" && wanted !== null;

function rangeOf(field: string, kind: FieldKind, range: Range): Condition[] {
	const isPlain = Object.keys(range).every((key) => key === "min" || key === "max");
	if (!isPlain || (kind !== "text" && kind !== "number")) throw refused(field, "takes no such range");

	return (["min", "max"] as const).flatMap((test) => {
		const bound = range[test];
		return bound === undefined ? [] : [condition(field, kind, test, bound)];
	});
}

const TYPES: Readonly<Record<FieldKind, string>> = {
	text: "string",
	number: "number",
	boolean: "boolean",
	tags: "string",
};

function condition(field: string, kind: FieldKind, test: Condition["test"], value: Scalar): Condition {
	const isNothing = value === null && test === "is" && kind !== "tags";
	if (!isNothing && typeof value !== TYPES[kind]) throw refused(field, `takes a ${TYPES[kind]}`);
	return { field, kind, test, value };
}

function orderOf({ fields, sorts }: Collection, sort: string): Order {
	const isDescending = sort.startsWith("-");
	const field = isDescending ? sort.slice(1) : sort;
	if (field === "id") return { field: null, kind: "text", isDescending };

	const kind = sorts.includes(field) ? fields[field] : undefined;
	if (kind === undefined)
		throw refused("sort", `is one of id, ${sorts.join(", ")}, with a minus for the largest first`);
	return { field, kind, isDescending };
}

/** Opaque to clients: where a page ended, and a hash of the question it belongs to. */
export function cursorAfter({ conditions, order }: Plan, last: Stored): string {
	const value = order.field === null ? "" : (last.document as Record<string, unknown>)[order.field];
	return Buffer.from(JSON.stringify([hashOf(conditions, order), last.id, value])).toString("base64url");
}

function placeOf(cursor: string, conditions: readonly Condition[], order: Order): Place {
	const [hash, id, value] = parsed(cursor);
	const isPlace = typeof id === "string" && typeof value === TYPES[order.kind];
	if (hash === hashOf(conditions, order) && isPlace) return { id, value: value as string | number };
	throw refused("cursor", "is not a cursor of this list with these filters; start again without one");
}

function parsed(cursor: string): readonly unknown[] {
	try {
		const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
		return Array.isArray(place) ? place : [];
	} catch {
		return [];
	}
}

const hashOf = (conditions: readonly Condition[], order: Order): string =>
	createHash("sha256")
		.update(JSON.stringify([conditions, order]))
		.digest("base64url")
		.slice(0, 12);

const refused = (path: string, message: string) => new ValidationFailed({ errors: [{ path, message }] });

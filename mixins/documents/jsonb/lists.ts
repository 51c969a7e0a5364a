import { createHash } from "node:crypto";
import { MAX_PAGE_SIZE } from "../../../services/contracts/paging.ts";
import { statement } from "../../sql/database.ts";
import type { Statement } from "../../sql/database.ts";
import type { FieldKind } from "../collection.ts";
import type { Stored } from "../entry.ts";
import type { Condition, Order, Place, Plan } from "../query.ts";
import { COLUMNS, liveOf } from "./statements.ts";
import { valueOf } from "./tables.ts";

/** A statement with its parameters. */
export interface Bound<Row> {
	readonly wanted: Statement<Row>;
	readonly values: readonly unknown[];
}

/** Makes a parameter of a value, and says how the text names it. */
type Ask = (value: unknown) => string;

/**
 * A page, with one more than its limit. There is a text for each combination of filters and order, none for values;
 * a bound that PostgreSQL can read keeps the plan from being made anew at each execution.
 */
export function listing(name: string, { conditions, order, after, limit }: Plan): Bound<Stored> {
	return bound(`documents.${name}.list`, (ask) => {
		const beyond = after === null ? [] : [placed(order, after, ask)];
		const where = [liveOf(name), ...conditions.map((each) => asked(each, ask)), ...beyond].join(" and ");
		const by = sorted(order).map((column) => `${column} ${order.isDescending ? "desc" : "asc"}`);
		// By a tag few are found, and then sorted: told that the first few are enough, PostgreSQL would read all in order.
		const hint = conditions.some(({ kind }) => kind === "tags") ? "materialized" : "not materialized";
		return `with page as ${hint} (
			select ${COLUMNS} from documents where ${where} order by ${by.join(", ")} limit ${MAX_PAGE_SIZE + 1}
		) select * from page limit ${ask(limit + 1)}`;
	});
}

export function counting(name: string, conditions: readonly Condition[]): Bound<{ total: number }> {
	return bound(`documents.${name}.count`, (ask) => {
		const where = [liveOf(name), ...conditions.map((each) => asked(each, ask))].join(" and ");
		return `select count(*)::integer as total from documents where ${where}`;
	});
}

function bound<Row>(name: string, write: (ask: Ask) => string): Bound<Row> {
	const values: unknown[] = [];
	const text = write((value) => `$${values.push(value)}`);
	const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
	return { wanted: statement(`${name}.${hash}`, text), values };
}

const sorted = ({ field, kind }: Order): string[] => (field === null ? ["id"] : [valueOf(field, kind), "id"]);

function placed(order: Order, { id, value }: Place, ask: Ask): string {
	const place = order.field === null ? [ask(id)] : [typed(ask(value), order.kind), ask(id)];
	return `(${sorted(order).join(", ")}) ${order.isDescending ? "<" : ">"} (${place.join(", ")})`;
}

const SIGNS = { is: "=", min: ">=", max: "<=" } as const;

function asked({ field, kind, test, value }: Condition, ask: Ask): string {
	const column = valueOf(field, kind);
	if (value === null) return `${column} is null`;
	return kind === "tags" ? `${column} ? ${ask(value)}` : `${column} ${SIGNS[test]} ${typed(ask(value), kind)}`;
}

const TYPES: Readonly<Record<FieldKind, string>> = {
	text: "text",
	tags: "text",
	number: "double precision",
	boolean: "boolean",
};

const typed = (parameter: string, kind: FieldKind): string => `${parameter}::${TYPES[kind]}`;

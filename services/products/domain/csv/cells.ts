import { ImportRow } from "../../../contracts/imports.ts";
import type { ImportColumn, RowError } from "../../../contracts/imports.ts";
import { rearmed } from "./formula.ts";
import { imagesIn } from "./images.ts";

/** What a row says: its fields by the rules of POST /products, and the name of a category; null is none. */
export interface ReadRow extends ImportRow {
	readonly category?: string | null;
}

/** A problem of a row whose line is known elsewhere. */
export type CellProblem = Omit<RowError, "line">;

const DECIMAL = /^\d+(\.\d+)?$/;
const WHOLE = /^\d+$/;
const TRUTHS = new Map([
	["true", true],
	["1", true],
	["false", false],
	["0", false],
]);

/**
 * Reads the cells of a row. A column that the file has not says nothing; an empty cell is no description, no category,
 * no images, and says nothing of a number or a yes and no.
 */
export function readRow(columns: readonly ImportColumn[], cells: readonly string[]): ReadRow | CellProblem[] {
	if (cells.length !== columns.length) return [ragged(columns.length, cells.length)];

	const texts = new Map(columns.map((column, index) => [column, rearmed(cells[index] ?? "")]));
	const fields = Object.fromEntries([...texts].flatMap(([column, text]) => fieldOf(column, text)));
	const { category, ...given } = fields;
	const parsed = ImportRow.safeParse(given);
	if (parsed.success) return category === undefined ? parsed.data : { ...parsed.data, category: category as null };
	return parsed.error.issues.map((issue) => problemOf(issue, given));
}

/** What a cell must look like that was read as a number or a yes and no. */
const WANTED: Readonly<Record<string, string>> = {
	price: "must be a number with a point, such as 10.50",
	stockQuantity: "must be a whole number, such as 25",
	lowStockThreshold: "must be a whole number, such as 5",
	isActive: "must be true or false",
};

/** A problem of `ImportRow`. */
interface Issue {
	readonly code: string;
	readonly path: readonly PropertyKey[];
	readonly message: string;
}

function problemOf({ code, path, message }: Issue, given: Record<string, unknown>): CellProblem {
	const column = String(path[0]);
	const said = column in given ? (WANTED[column] ?? message) : "must not be empty";
	const told = code === "invalid_type" ? said : message;
	return {
		column,
		code: "VALIDATION_FAILED",
		message: path.length > 1 ? `${told} (entry ${Number(path[1]) + 1})` : told,
	};
}

/** The field of a cell, as a pair, or nothing. What is no number stays text, which the rules then refuse. */
function fieldOf(column: ImportColumn, text: string): [string, unknown][] {
	switch (column) {
		case "name":
		case "sku":
			return [[column, text]];
		case "description":
		case "category":
			return [[column, text === "" ? null : text]];
		case "images":
			return [[column, imagesIn(text)]];
		case "price":
			return stated(column, text, DECIMAL.test(text.trim()) ? Number(text) : text);
		case "stockQuantity":
		case "lowStockThreshold":
			return stated(column, text, WHOLE.test(text.trim()) ? Number(text) : text);
		case "isActive":
			return stated(column, text, TRUTHS.get(text.trim().toLowerCase()) ?? text);
	}
}

const stated = (column: string, text: string, value: unknown): [string, unknown][] =>
	text.trim() === "" ? [] : [[column, value]];

function ragged(expected: number, actual: number): CellProblem {
	const message = `has ${actual} cells where the header has ${expected}; a cell with a delimiter needs quotes`;
	return { column: null, code: "ROW_RAGGED", message };
}

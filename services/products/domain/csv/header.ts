import { ValidationFailed } from "../../../contracts/errors.ts";
import type { FieldProblem } from "../../../contracts/errors.ts";
import { IMPORT_COLUMNS, REQUIRED_COLUMNS } from "../../../contracts/imports.ts";
import type { ImportColumn } from "../../../contracts/imports.ts";

const KNOWN = new Map(IMPORT_COLUMNS.map((column) => [column.toLowerCase(), column]));

/**
 * The columns that the header names, in the order of its cells; letters may be spelled in any case.
 *
 * @throws ValidationFailed naming each column that is missing, unknown or there twice
 */
export function columnsOf(header: readonly string[]): ImportColumn[] {
	const named = header.map((cell) => ({ cell, column: KNOWN.get(cell.trim().toLowerCase()) }));
	const columns = named.flatMap(({ column }) => column ?? []);
	const unknown = named.flatMap(({ cell, column }) => (column === undefined ? cell : []));
	const errors: FieldProblem[] = [
		...REQUIRED_COLUMNS.filter((column) => !columns.includes(column)).map((path) => ({ path, message: MISSING })),
		...unknown.map((path) => ({ path, message: UNKNOWN })),
		...columns
			.filter((column, index) => columns.indexOf(column) !== index)
			.map((path) => ({ path, message: "stands in the header twice" })),
	];
	if (errors.length > 0) throw new ValidationFailed({ errors });
	return columns;
}

const MISSING = "is missing: the first line of the file must name this column";
const UNKNOWN = `is not a known column; the known ones are ${IMPORT_COLUMNS.join(", ")}`;

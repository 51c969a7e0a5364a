import { parse } from "csv-parse/sync";
import { cutRecords } from "../domain/csv/cut-records.ts";
import type { CsvRecord } from "../domain/csv/cut-records.ts";
import type { CellProblem } from "../domain/csv/cells.ts";
import { recordRule } from "../domain/csv/well-formed.ts";
import { NO_CHARACTER } from "./decoded.ts";

/** A row of a CSV file: its cells, or why it has none. */
export interface CsvRow {
	readonly line: number;
	readonly cells: readonly string[] | CellProblem;
}

/** The names of the columns; none when the first row has no cells. */
export const headerOf = ([first]: readonly CsvRow[]): readonly string[] =>
	Array.isArray(first?.cells) ? (first.cells as readonly string[]) : [];

/**
 * The rows of a CSV file, the header first, in batches of at most so many. What is empty all over is no row.
 *
 * @param texts the file in pieces
 */
export async function* csvRows(
	texts: AsyncIterable<string> | Iterable<string>,
	delimiter: string,
	batchSize: number,
): AsyncGenerator<CsvRow[]> {
	let rows: CsvRow[] = [];
	for await (const records of recordsOf(texts, delimiter)) {
		rows.push(...rowsOf(records, delimiter));
		for (; rows.length >= batchSize; rows = rows.slice(batchSize)) yield rows.slice(0, batchSize);
	}
	if (rows.length > 0) yield rows;
}

async function* recordsOf(texts: AsyncIterable<string> | Iterable<string>, delimiter: string) {
	const isWellFormed = recordRule(delimiter);
	let [rest, line] = ["", 1];
	for await (const text of texts) {
		const cut = cutRecords(rest + text, line, false, isWellFormed);
		[rest, line] = [cut.rest, cut.line];
		yield cut.records;
	}
	yield cutRecords(rest, line, true, isWellFormed).records;
}

/** csv-parse reads what is well formed in one go: called for each record it would cost ten times as much. */
function rowsOf(records: readonly CsvRecord[], delimiter: string): CsvRow[] {
	const whole = records.filter(({ isBroken }) => !isBroken).map(({ text }) => text);
	const options = { delimiter, record_delimiter: "\n", relax_column_count: true };
	const parsed = parse(whole.join("\n"), options).values();
	return records.flatMap((record) => {
		if (record.isBroken) return { line: record.line, cells: MALFORMED };
		const cells = parsed.next().value ?? [];
		if (cells.every((cell) => cell.trim() === "")) return [];
		return { line: record.line, cells: record.text.includes(NO_CHARACTER) ? NOT_TEXT : cells };
	});
}

const MALFORMED: CellProblem = {
	column: null,
	code: "ROW_MALFORMED",
	message: "has a quote that is never closed or stands where none may, or is too long; double a quote within quotes",
};
const NOT_TEXT: CellProblem = {
	column: null,
	code: "ROW_NOT_TEXT",
	message: "has bytes that are no characters; save the file in UTF-8",
};

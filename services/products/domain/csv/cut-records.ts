/** One record of a CSV file, without the line break that ends it. */
export interface CsvRecord {
	/** Of the file, counted from 1; where the record begins. */
	readonly line: number;
	readonly text: string;
	/** Its quotes do not close or stand where none may, or it is longer than a row may be. */
	readonly isBroken: boolean;
}

export interface Cut {
	readonly records: readonly CsvRecord[];
	/** What may go on in the next piece of the file. */
	readonly rest: string;
	/** Where the rest begins. */
	readonly line: number;
}

/** A record may have this many characters; a quote that is not closed until then never will be. */
export const MAX_RECORD_CHARS = 65_536;

const BREAK_OR_QUOTE = /"|\r\n|\n|\r/g;
const LINE_BREAK = /\r\n|\n|\r/g;

/**
 * Cuts text into records: at line breaks outside of quotes (RFC 4180). A record that is not well formed ends at its
 * first line break, and the next one begins there, so that a quote that somebody forgot costs the row it is in and
 * no other. (csv-parse itself loses all rows up to the next quote.)
 *
 * @param isLast whether the file ends here
 * @param isWellFormed tells whether a text is one valid record
 */
export function cutRecords(
	text: string,
	firstLine: number,
	isLast: boolean,
	isWellFormed: (record: string) => boolean,
): Cut {
	const records: CsvRecord[] = [];
	let [at, line] = [0, firstLine];
	for (;;) {
		const found = nextRecord(text, at, isLast);
		if (found === undefined) return { records, rest: clipped(text.slice(at)), line };
		const whole = text.slice(at, found.end);
		const isBelieved = found.isClosed && whole.length < MAX_RECORD_CHARS && isWellFormed(whole);
		const { end, next, lines } = isBelieved ? found : firstLineOf(text, at);
		if (!isBelieved || whole.trim() !== "") records.push({ line, text: text.slice(at, end), isBroken: !isBelieved });
		[at, line] = [next, line + lines];
	}
}

interface Found {
	/** Where the record ends, and where the next one begins. */
	readonly end: number;
	readonly next: number;
	readonly lines: number;
	readonly isClosed: boolean;
}

/** @returns undefined when the end of the record is not in this text */
function nextRecord(text: string, at: number, isLast: boolean): Found | undefined {
	let [isQuoted, lines] = [false, 1];
	BREAK_OR_QUOTE.lastIndex = at;
	for (let hit = BREAK_OR_QUOTE.exec(text); hit !== null; hit = BREAK_OR_QUOTE.exec(text)) {
		const [what] = hit;
		// The line feed of this carriage return may be in the next piece.
		if (what === "\r" && hit.index === text.length - 1 && !isLast) return undefined;
		if (what === '"') isQuoted = !isQuoted;
		else if (isQuoted) lines += 1;
		else return { end: hit.index, next: hit.index + what.length, lines, isClosed: true };
	}
	const isOver = isLast ? at < text.length : isQuoted && text.length - at >= MAX_RECORD_CHARS && lines > 1;
	return isOver ? { end: text.length, next: text.length, lines, isClosed: !isQuoted } : undefined;
}

function firstLineOf(text: string, at: number): Omit<Found, "isClosed"> {
	LINE_BREAK.lastIndex = at;
	const hit = LINE_BREAK.exec(text);
	if (hit === null) return { end: text.length, next: text.length, lines: 1 };
	return { end: hit.index, next: hit.index + hit[0].length, lines: 1 };
}

/** A line without an end is broken anyway, so its memory is not worth keeping. */
const clipped = (rest: string): string => (/[\r\n]/.test(rest) ? rest : rest.slice(0, MAX_RECORD_CHARS));

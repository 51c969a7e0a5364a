/**
 * Whether a text is one record (RFC 4180): cells in quotes with their quotes doubled, or without any quote or line break.
 *
 * @param delimiter one character
 */
export function recordRule(delimiter: string): (record: string) => boolean {
	const cell = `(?:"(?:[^"]|"")*"|[^"\\r\\n${escaped(delimiter)}]*)`;
	const rule = new RegExp(`^${cell}(?:${escaped(delimiter)}${cell})*$`);
	return (record) => !record.includes('"') || rule.test(record);
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * A spreadsheet runs a cell that begins so, whoever wrote it. OWASP's remedy is a quotation mark before it
 * (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const FORMULA = /^'*[=+\-@\t\r]/;

/** What an export writes: text that no spreadsheet runs. One mark more, where there were some, so that it can be undone. */
export const disarmed = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** What an import reads: the text before it was disarmed. */
export const rearmed = (cell: string): string => (cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell);

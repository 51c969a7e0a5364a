import { z } from "zod";
import { ValidationFailed } from "../../contracts/errors.ts";

/** Opaque to clients: where the list goes on, and the filter it belongs to. */
export const writeCursor = (place: object, filter: object): string =>
	Buffer.from(JSON.stringify({ place, filter })).toString("base64url");

const Written = z.strictObject({ place: z.unknown(), filter: z.record(z.string(), z.string()) });

/**
 * @param filter what selects the rows; a cursor works only with the filter it came from
 * @throws ValidationFailed when the cursor is not one of this list
 */
export function readCursor<S extends z.ZodType>(cursor: string, place: S, filter: object): z.output<S> {
	const read = Written.safeParse(parsed(Buffer.from(cursor, "base64url").toString()));
	const found = place.safeParse(read.data?.place);
	if (found.success && JSON.stringify(read.data?.filter) === JSON.stringify(filter)) return found.data;
	const message = "is not a cursor of this list with these filters; start again without one";
	throw new ValidationFailed({ errors: [{ path: "cursor", message }] });
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** The first rows of a merged list, and the last of them when more follow. */
export function cut<Row>(rows: readonly Row[], limit: number): { rows: Row[]; last: Row | undefined } {
	const shown = rows.slice(0, limit);
	return { rows: shown, last: rows.length > limit ? shown.at(-1) : undefined };
}

import { ValidationFailed } from "../../contracts/errors.ts";
import { MAX_DAYS } from "../../contracts/insights.ts";

/** The first and the last day, as `2026-01-31`. */
export interface Period {
	readonly from: string;
	readonly to: string;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

/**
 * The days that are asked for: up to today, and thirty of them, unless told.
 *
 * @throws ValidationFailed when they are more than one answer shows
 */
export function periodOf(given: Partial<{ [F in keyof Period]: string | undefined }>, now: Date): Period {
	const to = given.to ?? laterOf(now.toISOString().slice(0, 10), given.from);
	const from = given.from ?? daysBefore(to, DEFAULT_DAYS - 1);
	if (from >= daysBefore(to, MAX_DAYS - 1)) return { from, to };
	const message = `lies more than ${MAX_DAYS} days before to; ask for a shorter time`;
	throw new ValidationFailed({ errors: [{ path: "from", message }] });
}

const laterOf = (day: string, other = day): string => (other > day ? other : day);

const daysBefore = (day: string, days: number): string =>
	new Date(Date.parse(day) - days * DAY_MS).toISOString().slice(0, 10);

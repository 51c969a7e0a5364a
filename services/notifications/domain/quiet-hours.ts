/** Times of the day in the user's zone, `HH:MM`; `to` may be before `from`, on the next day. */
export interface QuietHours {
	readonly from: string;
	readonly to: string;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/**
 * When the quiet hours that `now` lies in are over, or undefined outside of them. Days on which the clocks change
 * have the hours that the clocks show: what is skipped is not waited for, and what comes twice is quiet twice.
 *
 * @param timezone of the IANA database; an unknown one counts as UTC
 */
export function quietUntil(now: Date, { from, to }: QuietHours, timezone: string): Date | undefined {
	const minuteOfDay = clockOf(timezone);
	const [start, end] = [minutesOf(from), minutesOf(to)];
	const isQuiet = (at: number): boolean => isBetween(minuteOfDay(at), start, end);

	let at = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
	if (!isQuiet(at)) return undefined;
	while (isQuiet(at)) at += stepOf(minutesUntil(minuteOfDay(at), end)) * MINUTE_MS;
	return new Date(at);
}

/** Not past the end in one step, since the clocks may change on the way: half of what is left, and the end minute by minute. */
const stepOf = (minutesLeft: number): number => Math.max(1, Math.floor((minutesLeft - 120) / 2));

const minutesUntil = (minute: number, end: number): number => (end - minute + DAY_MINUTES) % DAY_MINUTES;

const isBetween = (minute: number, start: number, end: number): boolean =>
	start < end ? minute >= start && minute < end : minute >= start || minute < end;

function minutesOf(time: string): number {
	const [hours = 0, minutes = 0] = time.split(":").map(Number);
	return hours * 60 + minutes;
}

/** Reads the minute of the day from a clock on the wall there. */
function clockOf(timezone: string): (at: number) => number {
	const format = formatOf(timezone);
	return (at) => minutesOf(format.format(at));
}

const PARTS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

function formatOf(timezone: string): Intl.DateTimeFormat {
	try {
		return new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZone: timezone });
	} catch {
		return new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZone: "UTC" });
	}
}

/** What a rebuild has to tell. */
export interface Report {
	readonly differences: number;
	readonly lines: readonly string[];
}

/** Builds one projection anew; a trial only compares. */
export type Rebuilding = (isTrial: boolean) => Promise<Report>;

const TELL_EVERY = 10_000;

/** Tells every now and then how far a rebuild is. */
export function progressOf(what: string): (count: number) => void {
	let toldAt = 0;
	return (count) => {
		if (count - toldAt < TELL_EVERY) return;
		toldAt = count;
		console.log(`  ${count} ${what} read`);
	};
}

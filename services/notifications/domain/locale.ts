/** The language that every template has to fall back on. */
export const LAST_LOCALE = "en";

/** The languages to look for, best first: `de-AT`, `de`, `en`. Spelling of letters does not count. */
export function localesFor(wanted: string): string[] {
	const parts = wanted.toLowerCase().split(/[-_]/);
	const shorter = parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
	return [...new Set([...shorter, LAST_LOCALE])];
}

/** The one of some things in languages that fits best. */
export function bestOf<T extends { readonly locale: string }>(wanted: string, choices: readonly T[]): T | undefined {
	for (const locale of localesFor(wanted)) {
		const found = choices.find((choice) => choice.locale.toLowerCase() === locale);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** A language tag as it is written: `de-at` is `de-AT`. One that no browser would take is left as it is. */
export function canonical(locale: string): string {
	try {
		return Intl.getCanonicalLocales(locale)[0] ?? locale;
	} catch {
		return locale;
	}
}

const INTERNATIONAL = /^\+[1-9][0-9]{6,14}$/;

/** A number as networks know it (E.164), or undefined when it lacks its country. */
export function e164(written: string): string | undefined {
	const bare = written.replace(/[ ()./-]/g, "").replace(/^00/, "+");
	return INTERNATIONAL.test(bare) ? bare : undefined;
}

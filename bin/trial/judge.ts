import type { Check } from "./checks/check.ts";

export interface Verdict {
	readonly name: string;
	readonly meaning: string;
	readonly violations: readonly string[];
}

const SHOWN = 10;

/** Asks every check, and prints what each found. */
export async function judge<E>(checks: readonly Check<E>[], evidence: E): Promise<Verdict[]> {
	const verdicts: Verdict[] = [];
	for (const { name, meaning, violations } of checks) {
		const found = await violations(evidence);
		verdicts.push({ name, meaning, violations: found });
		console.log(`${found.length === 0 ? "✓" : "✗"} ${name.padEnd(12)} ${meaning}`);
		for (const violation of found.slice(0, SHOWN)) console.log(`    ${violation}`);
		if (found.length > SHOWN) console.log(`    … and ${found.length - SHOWN} more`);
	}
	return verdicts;
}

export const violationsIn = (verdicts: readonly Verdict[]): number =>
	verdicts.reduce((sum, { violations }) => sum + violations.length, 0);
